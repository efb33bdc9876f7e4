/// What a tunnel is held to, fixed when it opens: a reload's new values are for new tunnels.
package final class TunnelRules: Sendable {
    /// No data message in either direction for that long.
    package let idle: Moment.Span
    /// A Close sent, its answer awaited.
    package let close: Moment.Span
    /// One direction has ended, the other goes on.
    package let halfClose: Moment.Span
    /// A side silent for that long is pinged; unbounded turns pings off.
    package let pingInterval: Moment.Span
    package let pingTimeout: Moment.Span
    /// Bytes of one message, fragments added up; `.max` for no limit.
    package let maximumMessage: UInt64

    package init(
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
