/// What a histogram held when it was read.
public struct HistogramSnapshot: Sendable {
    /// Its buckets.
    public let shape: HistogramShape
    /// Observations in each bucket, not cumulative, `+Inf` last. Shorter or longer than the shape is read as zeros or ignored.
    public var counts: [UInt64]
    /// The sum of all observations, in the shape's unit.
    public var sum: UInt64

    public init(shape: HistogramShape, counts: [UInt64], sum: UInt64) {
        self.shape = shape
        self.counts = counts
        self.sum = sum
    }

    /// The sum in seconds.
    public var sumSeconds: Double {
        Double(sum) * Double(shape.nanosecondsPerSumUnit) / 1_000_000_000
    }
}
