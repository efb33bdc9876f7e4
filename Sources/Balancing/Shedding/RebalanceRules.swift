/// When a pool is lopsided, and how gently that is mended.
///
/// Only for pools that send a client which comes back to wherever there is room, as ``Algorithm/placing(isRebalancing:)`` lets all but
/// `hash` do. A pool with `hash`, or with a sticky cookie, must refuse rebalancing: its clients come back to where they were, and
/// tunnels would be closed for ever to no avail.
public struct RebalanceRules: Sendable, Hashable {
    /// A pool is lopsided when its fullest backend has more than so many times the mean, or its emptiest less than the mean
    /// divided by this. Mending stops halfway between here and level, so that it does not begin again at once. Below 1.01
    /// counts as 1.01.
    public var threshold: Double
    /// The percentage of the pool's tunnels that may be closed in a minute. Out of 0...100 counts as the nearest of these.
    public var sharePerMinute: Double
    /// Nanoseconds from one look to the next.
    public var interval: UInt64

    public init(threshold: Double = 1.2, sharePerMinute: Double = 5, interval: UInt64 = 10_000_000_000) {
        self.threshold = threshold
        self.sharePerMinute = sharePerMinute
        self.interval = interval
    }

    /// Where mending begins. What is no number counts as the default.
    var beginsAbove: Double { threshold.isNaN ? 1.2 : min(max(1.01, threshold), 1e9) }

    /// Where it stops.
    var stopsBelow: Double { 1 + (beginsAbove - 1) / 2 }

    /// How much of the pool may go in `elapsed` nanoseconds, as a part of one.
    func share(of elapsed: UInt64) -> Double {
        guard !sharePerMinute.isNaN else { return 0 }
        return min(max(0, sharePerMinute), 100) / 100 * (Double(elapsed) / 60e9)
    }
}
