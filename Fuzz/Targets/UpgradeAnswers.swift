import Session
import Wire

/// Reads a response head whole and in pieces: both must agree. An accepted upgrade is one by the fields themselves, and
/// what would be sent to the client is read back with the same meaning.
@_cdecl("LLVMFuzzerTestOneInput")
func upgradeAnswers(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count).dropFirst())
    let limits = HeadLimits(maxHead: 2048, maxHeaders: 20)
    let whole = read(bytes, ends: [bytes.count], limits)
    var cuts = Cuts(seed: start[0])
    expect(read(bytes, ends: cuts.ends(bytes.count), limits) == whole, "cutting the input changed the outcome")
    if case .head(let head) = whole { check(head, bytes, limits) }
    return 0
}

let accept = Array("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".utf8)

enum Outcome: Equatable {
    case head(ResponseHead)
    case refused(ResponseHeadError)
    case incomplete

    static func == (one: Outcome, other: Outcome) -> Bool {
        switch (one, other) {
        case (.head(let a), .head(let b)):
            a.status == b.status && a.reason == b.reason && a.version == b.version && a.declaredBody == b.declaredBody
                && a.length == b.length && a.headers.fields == b.headers.fields && a.headers.bytes == b.headers.bytes
        case (.refused(let a), .refused(let b)): a == b
        case (.incomplete, .incomplete): true
        default: false
        }
    }
}

func read(_ bytes: [UInt8], ends: [Int], _ limits: HeadLimits) -> Outcome {
    var parser = ResponseHeadParser(limits: limits)
    for end in ends {
        do throws(ResponseHeadError) {
            if let head = try parser.parse(bytes.span.extracting(0..<end)) { return .head(head) }
        } catch {
            return .refused(error)
        }
    }
    return .incomplete
}

func check(_ head: ResponseHead, _ bytes: [UInt8], _ limits: HeadLimits) {
    expect(head.length <= bytes.count && head.length <= limits.maxHead, "the head is longer than its input")
    expect(head.headers.bytes.elementsEqual(bytes.prefix(head.length)), "the head is not the input's beginning")
    expect(head.status >= 100 && head.status <= 599, "a status out of range")
    expect(!head.headers.bytes[head.reason].contains { $0 == 10 || $0 == 13 || $0 == 0 }, "a reason with a line end")
    switch UpgradeAnswer.examine(head, expectedAccept: accept) {
    case .accepted:
        expect(head.status == 101, "a tunnel without a 101")
        expect(head.headers.all("Sec-WebSocket-Accept").map(Array.init) == [accept], "a tunnel without its proof")
        let again = reread(ResponseForwarding.switchingProtocols(head))
        guard case .accepted = UpgradeAnswer.examine(again, expectedAccept: accept) else {
            fatalError("property broken: the written 101 is not accepted")
        }
    case .refused:
        expect(head.status >= 200, "an interim answer taken for a refusal")
        for method in [Method.get, .head] { checkAnswer(head, method) }
    case .interim:
        expect(head.status < 200 && head.status != 101, "a final answer taken for an interim one")
        expect(reread(ResponseForwarding.interim(head)).status == head.status, "another interim status")
    case .invalid:
        expect(head.status == 101, "only a 101 can be an invalid switch")
    }
}

func checkAnswer(_ head: ResponseHead, _ method: Method) {
    let body = head.body(answering: method)
    for (version, closes) in [(HTTPVersion.http11, false), (.http11, true), (.http10, false)] {
        guard let written = ResponseForwarding.answer(head, method: method, clientVersion: version, closes: closes) else {
            expect(version == .http10 && body == .chunked, "an answer that the client could read is kept from it")
            continue
        }
        let again = reread(written)
        expect(again.status == head.status, "another status")
        expect(again.body(answering: method) == body, "another body")
        expect(again.allowsReuse == !(closes || body == .untilClose), "the connection's end is told wrongly")
    }
}

func reread(_ written: [UInt8]) -> ResponseHead {
    let limits = HeadLimits(maxHead: 16 * 1024, maxHeaders: 40)
    guard case .head(let again) = read(written, ends: [written.count], limits) else {
        fatalError("property broken: what was written is no head")
    }
    expect(again.length == written.count, "bytes behind the written head")
    return again
}
