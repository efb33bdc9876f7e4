/// An opening handshake, and what the tunnel has to do after it. All that is asked for has to come; in which order does not matter.
public struct WebSocketCheck: Sendable, Hashable {
    /// Path and query, as on the request line.
    public var path: String
    /// The value of `Host`.
    public var host: String
    /// Offered, and then to be chosen: a browser would not go on without it either.
    public var subprotocol: String?
    /// A ping is sent, and its pong has to come.
    public var ping: Bool
    /// A text to send, if any.
    public var send: String?
    /// What has to stand in a text message of at most 16 KiB, byte for byte. An empty one stands in every text. nil asks for nothing.
    public var expect: String?

    public init(
        path: String = "/", host: String, subprotocol: String? = nil, ping: Bool = false, send: String? = nil, expect: String? = nil
    ) {
        self.path = path
        self.host = host
        self.subprotocol = subprotocol
        self.ping = ping
        self.send = send
        self.expect = expect
    }
}
