/// A request head that passed every check of `RequestHeadParser`.
///
/// A class, so that handing it on copies one reference and not the arrays in it.
public final class RequestHead: Sendable {
    /// Never `CONNECT`.
    public let method: Method
    /// What to route, and what to send to the backend.
    public let target: Target
    /// 1.0 or 1.1.
    public let version: HTTPVersion
    /// All field lines, framing and hop-by-hop ones included.
    public let headers: Headers
    private let hostPlace: HostPlace
    /// The port written beside the host; nil when none was.
    public let port: UInt16?
    /// What follows the head.
    public let body: BodyFraming
    /// Bytes of the buffer that the head took, a leading empty line included. What follows belongs to the body, to the
    /// next request, or to the tunnel.
    public let length: Int
    /// The client waits for `100 Continue` before it sends its body (RFC 9110 10.1.1).
    public let expectsContinue: Bool
    /// What its `Connection` says.
    public let connection: ConnectionOptions

    /// The host asked for; nil only in HTTP/1.0 without `Host` and without an absolute target. Made when it is asked for.
    public var host: HostName? {
        switch hostPlace {
        case .none: nil
        case .standing(let place): HostName(compared: headers.bytes[place])
        case .named(let name): name
        }
    }

    /// The same as bytes, without a copy; empty where there is none.
    public var hostBytes: ArraySlice<UInt8> {
        switch hostPlace {
        case .none: []
        case .standing(let place): headers.bytes[place]
        case .named(let name): name.bytes[...]
        }
    }

    /// False when no line is of that kind. Asked of the head itself, since who takes `headers` out of it counts references.
    public func mayHave(_ kind: FieldKind) -> Bool { headers.mayHave(kind) }

    init(
        method: Method, target: Target, version: HTTPVersion, headers: Headers, host: HostPlace, port: UInt16?,
        body: BodyFraming, length: Int, expectsContinue: Bool, connection: ConnectionOptions
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        hostPlace = host
        self.port = port
        self.body = body
        self.length = length
        self.expectsContinue = expectsContinue
        self.connection = connection
    }

    /// The client wants no further request on its connection (RFC 9112 9.3, 9.6): HTTP/1.0, whatever it says about
    /// keeping alive, or `close` among its `Connection` options.
    public var wantsClose: Bool {
        version == .http10 || connection.contains(.close)
    }
}
