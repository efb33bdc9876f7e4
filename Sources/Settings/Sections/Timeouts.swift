/// How long the proxy waits.
package struct Timeouts: Sendable, Hashable {
    /// Accept to 101, or to a plain request that is with its backend: one unbroken deadline. Later requests of a connection
    /// have it from their first byte.
    package var handshake: Duration
    /// One dial.
    package var connect: Duration
    /// Without a data message in either direction (pings do not count); nil is for ever.
    package var idle: Duration?
    /// A Close was sent, its answer is awaited.
    package var close: Duration
    /// One side ended its direction, the other still talks.
    package var halfClose: Duration
    /// From a whole plain request to the head of its answer, and between two parts of an answer that is no event stream; nil
    /// is for ever. As `handshake` where that is written and this is not.
    package var response: Duration?
    /// A client's connection between two requests.
    package var keepAlive: Duration
    /// A body whose sender brings, or whose reader takes, nothing worth the name for so long.
    package var body: Duration

    package init(
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
