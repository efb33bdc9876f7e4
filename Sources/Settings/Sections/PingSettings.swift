/// The proxy's own pings.
package struct PingSettings: Sendable, Hashable {
    /// A side that has been silent for this long gets one.
    package var interval: Duration
    /// Without an answer for this long the side is dead.
    package var timeout: Duration

    package init(interval: Duration = .seconds(30), timeout: Duration = .seconds(20)) {
        self.interval = interval
        self.timeout = timeout
    }
}
