/// After which time a tunnel is closed, at a quiet moment.
public struct LifetimeSettings: Sendable, Hashable {
    /// 1 s...720 h.
    public var time: Duration
    /// By how much the time of one tunnel may be shorter, so that those of one moment do not end together: 0...100 percent.
    public var jitterPercent: Int

    public init(time: Duration = .seconds(4 * 3600), jitterPercent: Int = 10) {
        self.time = time
        self.jitterPercent = jitterPercent
    }
}
