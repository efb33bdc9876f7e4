/// The buckets of a histogram and the unit of its running sum.
public struct HistogramShape: Sendable {
    /// Upper bounds in nanoseconds, rising; the bucket above the last (`+Inf`) is not listed.
    public let bounds: [UInt64]
    /// The same bounds in seconds, as an exposition writes them.
    public let seconds: [Double]
    /// How many nanoseconds one unit of the sum stands for. Long durations are summed in coarser units, because 64 bits of
    /// nanoseconds are only 584 years, which ten thousand tunnels live through in three weeks.
    public let nanosecondsPerSumUnit: UInt64

    /// `milliseconds` are the upper bounds in rising order. A unit of 0 is taken as 1.
    public init(milliseconds: [Double], nanosecondsPerSumUnit: UInt64) {
        self.seconds = milliseconds.map { $0 / 1000 }
        self.bounds = milliseconds.map { UInt64(exactly: ($0 * 1_000_000).rounded()) ?? UInt64.max }
        self.nanosecondsPerSumUnit = max(1, nanosecondsPerSumUnit)
    }

    /// Buckets, `+Inf` included.
    public var bucketCount: Int { bounds.count + 1 }

    /// The bucket a duration falls into: the first whose bound is not below it.
    public func bucket(nanoseconds: UInt64) -> Int {
        for (place, bound) in bounds.enumerated() where nanoseconds <= bound {
            return place
        }
        return bounds.count
    }

    /// Half a millisecond to ten seconds: upgrades, dials, handshakes, pings.
    public static let latency = HistogramShape(
        milliseconds: [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000], nanosecondsPerSumUnit: 1)

    /// A millisecond to an hour: requests, from a page out of a cache to an event stream.
    public static let request = HistogramShape(
        milliseconds: [
            1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 3_600_000,
        ],
        nanosecondsPerSumUnit: 1000)

    /// One second to a day: how long tunnels live.
    public static let lifetime = HistogramShape(
        milliseconds: [
            1000, 5000, 15_000, 30_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000,
            43_200_000, 86_400_000,
        ],
        nanosecondsPerSumUnit: 1000)
}
