import Testing

@testable import Balancing

@Suite struct LifetimeTests {
    @Test func `lives are spread evenly over the jitter and none is longer than the time`() {
        var random = SplitMix(seed: 9)
        let lifetime = Lifetime(time: 1000, jitter: 10)
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            let deadline = lifetime.deadline(openedAt: 5000, using: &random)
            #expect((5900...6000).contains(deadline))
            counts[Int(min(deadline - 5900, 99) / 10)] += 1
        }
        #expect(isNear(counts, weights: [Int](repeating: 1, count: 10), tolerance: 0.15))
    }

    @Test(arguments: [0, -7, Int.min])
    func `without jitter all live for the time`(jitter: Int) {
        var random = SplitMix(seed: 9)
        #expect(Lifetime(time: 1000, jitter: jitter).deadline(openedAt: 1, using: &random) == 1001)
    }

    @Test func `no number is too large`() {
        var random = SplitMix(seed: 9)
        for time in [UInt64(0), 1, .max - 1, .max] {
            for jitter in [100, Int.max, 1] {
                for opened in [UInt64(0), .max] {
                    #expect(Lifetime(time: time, jitter: jitter).deadline(openedAt: opened, using: &random) >= opened)
                }
            }
        }
    }
}
