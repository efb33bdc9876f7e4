import Settings
import Wire

/// `HeaderRules` made ready to be applied to one head after the other: compiled once, when a configuration is taken.
///
/// Left out are rules that the proxy could not keep its word under: for framing, for the connection and for the WebSocket
/// handshake (`Sec-WebSocket-Protocol` may be edited), and names that are no token. Control bytes in values are left out.
/// Values never show in a description or a dump.
public struct FieldEdits: Sendable {
    /// A line that is brought.
    struct Line: Sendable {
        /// In lower case.
        let name: [UInt8]
        /// `Name: value` with its line end.
        let text: Secret
        /// Whether it speaks of a content that only a backend sends.
        let describesContent: Bool
    }

    /// Names whose lines are taken away, in lower case: what is removed, and what is set.
    private let dropped: [[UInt8]]
    /// Bit N is set when a name of N bytes is dropped; 63 stands for all longer ones.
    private let droppedLengths: UInt64
    /// What is set, then what is added.
    let lines: [Line]
    /// A `Host` that is set: it goes where `Host` goes, and only into requests.
    let host: Secret?

    /// Compiles the rules, which are applied in the order remove, set, add; refused ones are left out without a word.
    public init(_ rules: HeaderRules) {
        var dropped: [[UInt8]] = []
        var lines: [Line] = []
        var host: Secret?
        for name in rules.remove {
            if let name = FieldEdits.editable(name), name != FieldEdits.hostName { dropped.append(name) }
        }
        for field in rules.set {
            guard let name = FieldEdits.editable(field.name) else { continue }
            if name == FieldEdits.hostName {
                host = field.value
            } else {
                if !dropped.contains(name) { dropped.append(name) }
                lines.append(Line(name: name, field: field))
            }
        }
        for field in rules.add {
            guard let name = FieldEdits.editable(field.name), name != FieldEdits.hostName else { continue }
            lines.append(Line(name: name, field: field))
        }
        self.dropped = dropped
        droppedLengths = dropped.reduce(0) { $0 | FieldEdits.bit($1.count) }
        self.lines = lines
        self.host = host
    }

    /// Whether applying it changes nothing.
    public var isEmpty: Bool { dropped.isEmpty && lines.isEmpty && host == nil }

    /// Bytes of all lines.
    var byteCount: Int { lines.reduce(0) { $0 &+ $1.text.bytes.count } }

    /// Whether lines of that name are taken away.
    func drops(_ name: Span<UInt8>) -> Bool {
        guard droppedLengths & FieldEdits.bit(name.count) != 0 else { return false }
        for candidate in dropped where HeaderName.equal(name, candidate.span) { return true }
        return false
    }

    private static let hostName = Array("host".utf8)

    private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(max(length, 0), 63)) }

    /// The name in lower case, or nil for one that is not to be edited.
    private static func editable(_ name: String) -> [UInt8]? {
        let bytes = name.utf8.map(HeaderName.lowercase)
        return HeaderName.isToken(bytes.span) && !FieldKind.isOwned(bytes.span) ? bytes : nil
    }
}

extension FieldEdits.Line {
    init(name: [UInt8], field: HeaderRules.Field) {
        self.name = name
        let writer = HeadWriter()
        writer.raw(Array(field.name.utf8))
        writer.text(": ")
        writer.value(field.value.bytes)
        writer.lineEnd()
        text = Secret(writer.bytes)
        describesContent = FieldEdits.describesContent(name.span)
    }
}

extension FieldEdits {
    /// Fields about a content and how long it may be kept. A rule for them is meant for what backends send: an error page of
    /// the proxy's own must not get another page's media type, nor stay in a cache for its hours.
    static func describesContent(_ name: Span<UInt8>) -> Bool {
        contentNames.contains { HeaderName.equal(name, $0) }
    }

    private static let contentNames: [StaticString] = [
        "content-type", "content-encoding", "content-language", "content-location", "content-range", "content-disposition",
        "content-md5", "content-digest", "repr-digest", "digest", "cache-control", "expires", "pragma", "age", "etag",
        "last-modified", "accept-ranges", "cdn-cache-control", "surrogate-control",
    ]
}
