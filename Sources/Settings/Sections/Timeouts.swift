/// How long the proxy waits.
package struct Timeouts: Sendable, Hashable {
    /// Accept to 101, or to a plain response's head: one unbroken deadline.
    package var handshake: Duration
    /// One dial.
    package var connect: Duration
    /// Without a data message in either direction (pings do not count); nil is for ever.
    package var idle: Duration?
    /// A Close was sent, its answer is awaited.
    package var close: Duration
    /// One side ended its direction, the other still talks.
    package var halfClose: Duration

    package init(
        handshake: Duration = .seconds(10), connect: Duration = .seconds(3), idle: Duration? = nil,
        close: Duration = .seconds(5), halfClose: Duration = .seconds(30)
    ) {
        self.handshake = handshake
        self.connect = connect
        self.idle = idle
        self.close = close
        self.halfClose = halfClose
    }
}
