import Testing

@testable import Balancing

@Suite struct RetryAfterTests {
    @Test func `every second up to the base is given, about as often as the others`() {
        var random = SplitMix(seed: 4)
        var counts = [Int](repeating: 0, count: 5)
        for _ in 0..<10_000 {
            let seconds = RetryAfter.seconds(5, using: &random)
            #expect((1...5).contains(seconds))
            if counts.indices.contains(seconds - 1) { counts[seconds - 1] += 1 }
        }
        #expect(isNear(counts, weights: [1, 1, 1, 1, 1], tolerance: 0.1))
    }

    @Test func `a base out of range counts as the nearest in range`() {
        var random = SplitMix(seed: 4)
        for base in [Int.min, -1, 0, 1] { #expect(RetryAfter.seconds(base, using: &random) == 1) }
        for _ in 0..<100 { #expect((1...86_400).contains(RetryAfter.seconds(.max, using: &random))) }
    }
}
