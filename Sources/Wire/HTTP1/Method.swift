/// A request method (RFC 9110 9). Methods are case-sensitive: `get` is not `GET`.
package enum Method: Sendable, Equatable {
    case get, head, post, put, delete, options, trace, patch
    /// Any other token, at most `Method.maxLength` bytes. `CONNECT` never gets this far: the parser refuses it.
    case other([UInt8])

    /// Bytes a method may have; a longer one is answered 501 (RFC 9112 3).
    package static let maxLength = 32

    /// `bytes` must be a token; the parser has seen to that.
    init(_ bytes: [UInt8]) {
        self =
            switch String(decoding: bytes, as: UTF8.self) {
            case "GET": .get
            case "HEAD": .head
            case "POST": .post
            case "PUT": .put
            case "DELETE": .delete
            case "OPTIONS": .options
            case "TRACE": .trace
            case "PATCH": .patch
            default: .other(bytes)
            }
    }

    /// One of nine words, fit for a metric label or a log field: what a client invented is only ever `OTHER`.
    package var label: StaticString {
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
}
