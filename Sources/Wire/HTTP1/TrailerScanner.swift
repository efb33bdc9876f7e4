/// Reads the trailer section of a chunked body (RFC 9112 7.1.2) without keeping it, and refuses trailers that would
/// change what the head has said, or say what no sender may say in a head: many recipients merge trailers into it.
struct TrailerScanner: Sendable {
    /// The longest forbidden name has 19 bytes; longer names need not be remembered.
    private static let keptName = 20

    private let maxBytes: Int
    private var fields: FieldScanner
    private var position = 0
    private var name: [UInt8] = []
    /// Anywhere in the name, kept or not.
    private var hasUnderscore = false

    init(limits: HeadLimits) {
        maxBytes = limits.maxHead
        fields = FieldScanner(maxFields: limits.maxHeaders)
    }

    /// True after the LF that ends the section.
    mutating func take(_ byte: UInt8) throws(ChunkedError) -> Bool {
        guard position < maxBytes else { throw .trailersTooLarge }
        let isEnd: Bool
        do throws(FieldError) {
            isEnd = try fields.take(byte, at: position)
        } catch {
            switch error {
            case .tooMany: throw .trailersTooLarge
            case .badLineEnd: throw .badLineEnd
            case .folded, .badName, .badValue: throw .badTrailer
            }
        }
        position &+= 1
        try watchName(byte)
        return isEnd
    }

    private mutating func watchName(_ byte: UInt8) throws(ChunkedError) {
        switch fields.stage {
        case .name:
            if name.count < TrailerScanner.keptName { name.append(byte) }
            if byte == ASCII.underscore { hasUnderscore = true }
        case .beforeValue where !name.isEmpty:
            guard !isForbidden else { throw .forbiddenTrailer }
            name.removeAll(keepingCapacity: true)
        default: break
        }
    }

    /// Besides the listed ones whole families; and a `_` could be read as the `-` of any of them.
    private var isForbidden: Bool {
        hasUnderscore || ASCII.begins(name, with: "Sec-") || ASCII.begins(name, with: "X-Forwarded-")
            || TrailerScanner.forbidden.contains { ASCII.equal(name, $0) }
    }

    /// Fields for framing, routing, request control, authentication and content handling (RFC 9110 6.5.1), and those that
    /// tell about the client, which forwarding checks in a head.
    private static let forbidden: [StaticString] = [
        "Transfer-Encoding", "Content-Length", "Host", "Connection", "Upgrade", "TE", "Trailer", "Keep-Alive",
        "Content-Encoding", "Content-Type", "Content-Range", "Cache-Control", "Expect", "Max-Forwards",
        "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "WWW-Authenticate", "Cookie", "Set-Cookie",
        "Location", "Range", "Forwarded", "X-Real-IP", "X-Request-Id", "Traceparent", "X-Original-URL", "X-Rewrite-URL",
        "X-Original-Host", "Front-End-Https", "X-Client-IP", "True-Client-IP",
    ]
}
