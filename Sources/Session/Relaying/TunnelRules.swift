/// What a tunnel is held to, fixed when it opens: a reload's new values are for new tunnels.
public final class TunnelRules: Sendable {
    /// No data message in either direction for that long.
    public let idle: Moment.Span
    /// A Close sent, its answer awaited.
    public let close: Moment.Span
    /// One direction has ended, the other goes on.
    public let halfClose: Moment.Span
    /// A side silent for that long is pinged; unbounded turns pings off.
    public let pingInterval: Moment.Span
    public let pingTimeout: Moment.Span
    /// Bytes of one message, fragments added up; `.max` for no limit.
    public let maximumMessage: UInt64

    public init(
        idle: Moment.Span, close: Moment.Span, halfClose: Moment.Span, pingInterval: Moment.Span, pingTimeout: Moment.Span,
        maximumMessage: UInt64
    ) {
        self.idle = idle
        self.close = close
        self.halfClose = halfClose
        self.pingInterval = pingInterval
        self.pingTimeout = pingTimeout
        self.maximumMessage = maximumMessage
    }
}
