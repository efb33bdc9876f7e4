/// How long the proxy waits.
public struct Timeouts: Sendable, Hashable {
    /// Accept to 101, or to a plain request that is with its backend: one unbroken deadline. Later requests of a connection
    /// have it from their first byte.
    public var handshake: Duration
    /// One dial.
    public var connect: Duration
    /// Without a data message in either direction (pings do not count); nil is for ever.
    public var idle: Duration?
    /// A Close was sent, its answer is awaited.
    public var close: Duration
    /// One side ended its direction, the other still talks.
    public var halfClose: Duration
    /// From a whole plain request to the head of its answer, and between two parts of an answer that is no event stream; nil
    /// is for ever. As `handshake` where that is written and this is not.
    public var response: Duration?
    /// A client's connection between two requests.
    public var keepAlive: Duration
    /// A body whose sender brings, or whose reader takes, nothing worth the name for so long.
    public var body: Duration

    public init(
        handshake: Duration = .seconds(10), connect: Duration = .seconds(3), idle: Duration? = nil,
        close: Duration = .seconds(5), halfClose: Duration = .seconds(30),
        response: Duration? = .seconds(300), keepAlive: Duration = .seconds(60), body: Duration = .seconds(30)
    ) {
        self.response = response
        self.keepAlive = keepAlive
        self.body = body
        self.handshake = handshake
        self.connect = connect
        self.idle = idle
        self.close = close
        self.halfClose = halfClose
    }
}
