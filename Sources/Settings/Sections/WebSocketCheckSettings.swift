/// A check by a handshake, and perhaps by what follows it.
public struct WebSocketCheckSettings: Sendable, Hashable {
    /// Perhaps with a query: a request's target as it is sent, at most 2048 bytes.
    public var path: String
    /// A `Host` field's value; nil is the backend's own host and port.
    public var host: String?
    /// A token that is offered.
    public var subprotocol: String?
    /// Sends a ping that has to be answered.
    public var pings: Bool
    /// A text message to send, at most 1024 bytes.
    public var send: String?
    /// What a text message that comes back has to contain, at most 1024 bytes; only with `send`.
    public var expect: String?

    public init(
        path: String = "/", host: String? = nil, subprotocol: String? = nil, pings: Bool = false, send: String? = nil,
        expect: String? = nil
    ) {
        self.path = path
        self.host = host
        self.subprotocol = subprotocol
        self.pings = pings
        self.send = send
        self.expect = expect
    }
}
