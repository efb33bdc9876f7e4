/// How the body of a response is delimited (RFC 9112 6.3).
public enum ResponseBodyFraming: Sendable, Equatable {
    case none
    /// Exactly so many bytes; fewer before the end of the connection is a truncated response.
    case length(UInt64)
    case chunked
    /// Everything until the backend ends its connection.
    case untilClose
}
