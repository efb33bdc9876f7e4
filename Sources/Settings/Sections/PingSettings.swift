/// The proxy's own pings.
public struct PingSettings: Sendable, Hashable {
    /// A side that has been silent for this long gets one.
    public var interval: Duration
    /// Without an answer for this long the side is dead.
    public var timeout: Duration

    public init(interval: Duration = .seconds(30), timeout: Duration = .seconds(20)) {
        self.interval = interval
        self.timeout = timeout
    }
}
