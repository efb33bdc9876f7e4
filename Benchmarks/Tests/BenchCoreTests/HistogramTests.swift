import Testing

@testable import BenchCore

struct HistogramTests {
    @Test func `a quantile is at most a 64th above the true value`() {
        var histogram = Histogram()
        for value in UInt64(1) ... 100_000 { histogram.record(value * 37) }
        for (quantile, rank) in [(0.5, 50_000), (0.99, 99_000), (0.999, 99_900)] as [(Double, UInt64)] {
            let truth = rank * 37
            let told = histogram.value(at: quantile)
            #expect(told >= truth && told <= truth + truth / 64 + 1)
        }
        #expect(histogram.largest == 3_700_000)
    }

    @Test func `small values are exact and the ends of the range fit`() {
        for value in Array(0 ... 127) + [.max] as [UInt64] {
            var histogram = Histogram()
            histogram.record(value)
            #expect(histogram.value(at: 0.5) == value)
        }
    }

    @Test func `an empty or reset histogram says 0`() {
        var histogram = Histogram()
        histogram.record(9)
        histogram.reset()
        #expect(histogram.value(at: 1) == 0 && histogram.total == 0 && histogram.largest == 0)
    }
}
