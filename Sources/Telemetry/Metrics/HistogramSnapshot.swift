/// What a histogram held when it was read.
package struct HistogramSnapshot: Sendable {
    /// Its buckets.
    package let shape: HistogramShape
    /// Observations in each bucket, not cumulative, `+Inf` last. Shorter or longer than the shape is read as zeros or ignored.
    package var counts: [UInt64]
    /// The sum of all observations, in the shape's unit.
    package var sum: UInt64

    package init(shape: HistogramShape, counts: [UInt64], sum: UInt64) {
        self.shape = shape
        self.counts = counts
        self.sum = sum
    }

    /// The sum in seconds.
    package var sumSeconds: Double {
        Double(sum) * Double(shape.nanosecondsPerSumUnit) / 1_000_000_000
    }
}
