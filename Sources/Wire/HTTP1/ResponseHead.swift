/// A response head that passed every check of `ResponseHeadParser`. A class for the reason that `RequestHead` is one.
public final class ResponseHead: Sendable {
    /// 100 to 599.
    public let status: UInt16
    /// The reason phrase as a range of `headers.bytes`; may be empty.
    public let reason: Range<Int>
    /// 1.0 or 1.1; an answer of the former cannot switch protocols.
    public let version: HTTPVersion
    /// All field lines, framing and hop-by-hop ones included.
    public let headers: Headers
    /// Bytes of the buffer that the head took. What follows is body, the next head, or the tunnel.
    public let length: Int
    /// What the framing fields say, before method and status are considered.
    public let declaredBody: BodyFraming
    /// What its `Connection` says.
    public let connection: ConnectionOptions

    /// False when no line is of that kind. Asked of the head itself, since who takes `headers` out of it counts references.
    public func mayHave(_ kind: FieldKind) -> Bool { headers.mayHave(kind) }

    init(
        status: UInt16, reason: Range<Int>, version: HTTPVersion, headers: Headers, length: Int, declaredBody: BodyFraming,
        connection: ConnectionOptions
    ) {
        self.status = status
        self.reason = reason
        self.version = version
        self.headers = headers
        self.length = length
        self.declaredBody = declaredBody
        self.connection = connection
    }

    /// A 1xx other than 101: more heads follow for the same request (RFC 9110 15.2).
    public var isInterim: Bool {
        status < 200 && status != 101
    }

    /// Whether the backend's connection may carry another request once this answer is read to its end (RFC 9112 9.3, 9.6):
    /// HTTP/1.1 without `close` among its `Connection` options. False for a 101, whose connection is a tunnel from there on.
    public var allowsReuse: Bool {
        version == .http11 && status != 101 && !connection.contains(.close)
    }

    /// Where the body ends, given the method of the request (RFC 9112 6.3, rules 1 to 8).
    public func body(answering method: Method) -> ResponseBodyFraming {
        if method == .head || status < 200 || status == 204 || status == 304 { return .none }
        switch declaredBody {
        case .none: return .untilClose
        case .length(let count): return .length(count)
        case .chunked: return .chunked
        }
    }
}
