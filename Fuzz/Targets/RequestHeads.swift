import Session
import Wire

/// Reads a request head whole and in pieces: both must agree. A head that is taken keeps its promises, and what would be
/// sent to a backend, as an upgrade or as a plain request, is read back as the same request.
@_cdecl("LLVMFuzzerTestOneInput")
func requestHeads(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count).dropFirst())
    let limits = HeadLimits(maxHead: 2048, maxHeaders: 20, maxTarget: 256)
    let whole = read(bytes, ends: [bytes.count], limits)
    var cuts = Cuts(seed: start[0])
    expect(read(bytes, ends: cuts.ends(bytes.count), limits) == whole, "cutting the input changed the outcome")
    if case .head(let head) = whole { check(head, bytes, limits, isTrusted: start[0] & 1 == 1) }
    return 0
}

enum Outcome: Equatable {
    case head(RequestHead)
    case refused(RequestHeadError)
    case incomplete

    static func == (one: Outcome, other: Outcome) -> Bool {
        switch (one, other) {
        case (.head(let a), .head(let b)):
            a.method == b.method && a.target == b.target && a.version == b.version && a.host == b.host && a.port == b.port
                && a.body == b.body && a.length == b.length && a.expectsContinue == b.expectsContinue
                && a.headers.fields == b.headers.fields && a.headers.bytes == b.headers.bytes
        case (.refused(let a), .refused(let b)): a == b
        case (.incomplete, .incomplete): true
        default: false
        }
    }
}

func read(_ bytes: [UInt8], ends: [Int], _ limits: HeadLimits) -> Outcome {
    var parser = RequestHeadParser(limits: limits)
    for end in ends {
        do throws(RequestHeadError) {
            if let head = try parser.parse(bytes.span.extracting(0..<end)) { return .head(head) }
        } catch {
            return .refused(error)
        }
    }
    return .incomplete
}

func check(_ head: RequestHead, _ bytes: [UInt8], _ limits: HeadLimits, isTrusted: Bool) {
    expect(head.length <= bytes.count && head.length <= limits.maxHead, "the head is longer than its input")
    expect(head.headers.bytes.elementsEqual(bytes.prefix(head.length)), "the head is not the input's beginning")
    expect(head.headers.fields.count <= limits.maxHeaders, "too many fields")
    for field in head.headers.fields {
        expect(!head.headers.name(field).isEmpty, "an empty name")
        expect(!head.headers.value(field).contains { $0 == 0 || $0 == 10 || $0 == 13 }, "a value with a line end")
    }
    let path = head.target.path
    expect(path.first == 0x2F || path == [0x2A], "a path that does not begin with a slash")
    expect(path.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x23 }, "a path with a refused byte")
    let segments = path.split(separator: 0x2F, omittingEmptySubsequences: false).map { $0.prefix { $0 != 0x3B } }
    expect(!segments.contains { $0.elementsEqual([0x2E]) || $0.elementsEqual([0x2E, 0x2E]) }, "a dot segment")
    expect(head.version == .http10 || head.host != nil, "HTTP/1.1 without a host")
    checkUpgrade(head, isTrusted: isTrusted)
    checkPlain(head, isTrusted: isTrusted)
}

func context(isTrusted: Bool) -> ForwardingContext {
    ForwardingContext(
        clientAddress: Array("192.0.2.1".utf8), clientIsTrusted: isTrusted, scheme: .https, requestID: "id", listenerPort: 443)
}

/// What a backend would read of a written head.
func reread(_ written: [UInt8]) -> RequestHead {
    let limits = HeadLimits(maxHead: 16 * 1024, maxHeaders: 40, maxTarget: 1024)
    guard case .head(let again) = read(written, ends: [written.count], limits) else {
        fatalError("property broken: what was written is no head")
    }
    expect(again.length == written.count, "bytes behind the written head")
    return again
}

func checkUpgrade(_ head: RequestHead, isTrusted: Bool) {
    guard case .websocket(let offer) = UpgradeRequest.examine(head) else { return }
    expect(head.method == .get && head.body.isEmpty && offer.key.count == 24, "a handshake that is none")
    let again = reread(RequestForwarding.upgrade(head, context: context(isTrusted: isTrusted)))
    expect(again.target.path == head.target.path && again.target.query == head.target.query, "another path")
    expect(again.host == head.host && again.port == head.port, "another host")
    expect(again.body == .none, "a body came into being")
    guard case .websocket(let offerAgain) = UpgradeRequest.examine(again) else {
        fatalError("property broken: what was written is no handshake")
    }
    expect(offerAgain.key == offer.key, "another key")
}

/// Any head, a handshake too, as a plain request; a rewritten path must still be one.
func checkPlain(_ head: RequestHead, isTrusted: Bool) {
    var rewriting = RequestRewriting(forwarded: isTrusted)
    if isTrusted { rewriting.path = PathRewriting.apply(.stripPrefix(Array("/a".utf8)), to: head.target.path) }
    let again = reread(
        RequestForwarding.plain(head, context: context(isTrusted: isTrusted), rewriting: rewriting))
    expect(again.method == head.method && again.method.bytes == head.method.bytes, "another method")
    expect(again.version == head.version, "another version")
    let path = head.target.form == .asterisk ? head.target.path : rewriting.path ?? head.target.path
    expect(again.target.path == path && again.target.query == head.target.query, "another path")
    expect(again.host == head.host && again.port == head.port, "another host")
    expect(again.body == head.body && again.expectsContinue == head.expectsContinue, "another body")
    if case .notAnUpgrade = UpgradeRequest.examine(again) {} else { fatalError("property broken: an upgrade came through") }
}
