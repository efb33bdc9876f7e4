/// How the body of a request is delimited (RFC 9112 6.3).
public enum BodyFraming: Sendable, Equatable {
    case none
    /// Exactly so many bytes; at most 2^63 - 1, and 0 when the sender wrote `Content-Length: 0`.
    case length(UInt64)
    case chunked

    /// Whether not a single body byte follows the head.
    public var isEmpty: Bool {
        switch self {
        case .none, .length(0): true
        case .length, .chunked: false
        }
    }
}
