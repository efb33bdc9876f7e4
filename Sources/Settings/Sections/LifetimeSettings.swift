/// After which time a tunnel is closed, at a quiet moment.
package struct LifetimeSettings: Sendable, Hashable {
    /// 1 s...720 h.
    package var time: Duration
    /// By how much the time of one tunnel may be shorter, so that those of one moment do not end together: 0...100 percent.
    package var jitterPercent: Int

    package init(time: Duration = .seconds(4 * 3600), jitterPercent: Int = 10) {
        self.time = time
        self.jitterPercent = jitterPercent
    }
}
