/// A request method (RFC 9110 9). Methods are case-sensitive: `get` is not `GET`.
public enum Method: Sendable, Equatable {
    case get, head, post, put, delete, options, trace, patch
    /// Any other token, at most `Method.maxLength` bytes. `CONNECT` never gets this far: the parser refuses it.
    case other([UInt8])

    /// Bytes a method may have; a longer one is answered 501 (RFC 9112 3).
    public static let maxLength = 32

    /// `bytes` must be a token; the parser has seen to that. nil for `CONNECT`.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count <= 8 else {
            self = .other(bytes.copied())
            return
        }
        var word: UInt64 = 0
        for index in bytes.indices { word = word << 8 | UInt64(bytes[index]) }
        // The bytes as one number; a token has no NUL, so no two tokens share a number.
        switch word {
        case 0x47_4554: self = .get
        case 0x4845_4144: self = .head
        case 0x504F_5354: self = .post
        case 0x50_5554: self = .put
        case 0x4445_4C45_5445: self = .delete
        case 0x4F_5054_494F_4E53: self = .options
        case 0x54_5241_4345: self = .trace
        case 0x50_4154_4348: self = .patch
        case 0x43_4F4E_4E45_4354: return nil
        default: self = .other(bytes.copied())
        }
    }

    /// One of nine words, fit for a metric label or a log field: what a client invented is only ever `OTHER`.
    public var label: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .patch: "PATCH"
        case .other: "OTHER"
        }
    }

    /// The method as it goes on a request line, byte for byte as the client wrote it.
    public var bytes: [UInt8] {
        if case .other(let bytes) = self { return bytes }
        return label.withUTF8Buffer { Array($0) }
    }

    /// Whether sending a request twice has the effect of sending it once (RFC 9110 9.2.2). Methods that are not known
    /// here are not taken for idempotent.
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .options, .trace, .put, .delete: true
        case .post, .patch, .other: false
        }
    }
}
