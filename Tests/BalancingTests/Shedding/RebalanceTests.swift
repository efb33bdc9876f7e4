import Testing

@testable import Balancing

@Suite struct RebalanceTests {
    typealias Member = Rebalance.Member
    private let interval: UInt64 = 10_000_000_000

    private func look(_ loads: [Int], share: Double = 100, threshold: Double = 1.2) -> [Int] {
        var rebalance = Rebalance(rules: RebalanceRules(threshold: threshold, sharePerMinute: share))
        return rebalance.look(at: 0, loads.map { Member(load: $0) })
    }

    @Test func `a level pool gives up nothing, nor does one within the threshold`() {
        #expect(look([100, 100, 100]) == [0, 0, 0])
        #expect(look([119, 100, 90]) == [0, 0, 0])
        #expect(look([0, 0]) == [0, 0])
    }

    @Test func `only those above the mean give, alike, and who has little above it no more than that`() {
        // Mean 100; 600 tunnels at 10 percent a minute are 10 in ten seconds.
        #expect(look([160, 120, 100, 90, 80, 50], share: 10) == [5, 5, 0, 0, 0, 0])
        #expect(look([160, 120, 100, 90, 80, 50], share: 60) == [40, 20, 0, 0, 0, 0])
        #expect(look([160, 120, 100, 90, 80, 50], share: 100) == [60, 20, 0, 0, 0, 0])
        // One tunnel only: the least gives it, lest it rise with those that come back.
        #expect(look([160, 120, 100, 90, 80, 50], share: 1) == [0, 1, 0, 0, 0, 0])
    }

    @Test func `nobody gives more than whole tunnels above the mean`() {
        #expect(look([150, 150, 0], share: 600) == [25, 25, 0])
        #expect(look([20, 10, 0], share: 100) == [5, 0, 0])
        #expect(look([3, 0], share: 100, threshold: 1.01) == [0, 0])
    }

    @Test func `weights shift the mean`() {
        var rebalance = Rebalance(rules: RebalanceRules(sharePerMinute: 100))
        #expect(rebalance.look(at: 0, [Member(load: 200, weight: 2), Member(load: 100)]) == [0, 0])
        #expect(rebalance.look(at: interval, [Member(load: 150, weight: 1), Member(load: 150, weight: 3)]) == [50, 0])
    }

    @Test func `an empty newcomer counts as lopsided though the others are hardly above the mean`() {
        let loads = [Int](repeating: 100, count: 20) + [0]
        let given = look(loads, share: 6)
        #expect(given.reduce(0, +) == 20)
        #expect(given.last == 0)
    }

    @Test func `who takes nothing new neither gives nor counts`() {
        var rebalance = Rebalance(rules: RebalanceRules(sharePerMinute: 100))
        let drained = Member(load: 500, takesNew: false)
        #expect(rebalance.look(at: 0, [drained, Member(load: 100), Member(load: 100)]) == [0, 0, 0])
        // A full or ejected backend is no room to be filled either.
        #expect(rebalance.look(at: interval, [Member(load: 100), Member(load: 0, takesNew: false)]) == [0, 0])
        #expect(!rebalance.isMending)
    }

    @Test func `full ones give what they have above the mean, and count for nothing where they have less`() {
        func full(_ load: Int) -> Member { Member(load: load, isFull: true) }
        func once(_ members: [Member]) -> [Int] {
            var rebalance = Rebalance(rules: RebalanceRules(sharePerMinute: 100, interval: 60_000_000_000))
            return rebalance.look(at: interval, members)
        }
        // A third backend comes to two that have all they may have.
        #expect(once([full(30), full(30), Member(load: 0)]) == [10, 10, 0])
        // Nobody is there who could take them.
        #expect(once([full(30), full(10)]) == [0, 0])
        // The small one has its five and can have no more: the others are level without it.
        #expect(once([full(5), Member(load: 100), Member(load: 100)]) == [0, 0, 0])
        #expect(once([full(5), Member(load: 150), Member(load: 50)]) == [0, 50, 0])
    }

    @Test func `parts of a tunnel are carried over, so that a small share is not none`() {
        var rebalance = Rebalance(rules: RebalanceRules(sharePerMinute: 5))
        // 60 tunnels at 5 percent are 3 a minute, a half in each look.
        let members = [Member(load: 60), Member(load: 0)]
        let given = (0..<12).map { rebalance.look(at: UInt64($0) * interval, members)[0] }
        #expect(given == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    }

    @Test func `what a look did not use is not saved up for a burst`() {
        var rebalance = Rebalance(rules: RebalanceRules(sharePerMinute: 60))
        for time in 0..<100 { _ = rebalance.look(at: UInt64(time) * interval, [Member(load: 100), Member(load: 100)]) }
        #expect(rebalance.look(at: 100 * interval, [Member(load: 200), Member(load: 0)]) == [20, 0])
        // Nor does a look that comes late, or before its time.
        #expect(rebalance.look(at: 900 * interval, [Member(load: 200), Member(load: 0)]) == [20, 0])
        #expect(rebalance.look(at: 900 * interval, [Member(load: 200), Member(load: 0)]) == [0, 0])
        #expect(rebalance.look(at: 1, [Member(load: 200), Member(load: 0)]) == [0, 0])
    }

    @Test func `mending goes on below the threshold and stops halfway to level`() {
        var rebalance = Rebalance(rules: RebalanceRules(threshold: 1.2, sharePerMinute: 1))
        func isMending(_ loads: [Int], _ time: UInt64) -> Bool {
            _ = rebalance.look(at: time * interval, loads.map { Member(load: $0) })
            return rebalance.isMending
        }
        #expect(!isMending([115, 100, 85], 0))
        #expect(isMending([125, 100, 75], 1))
        #expect(isMending([115, 100, 85], 2))
        #expect(!isMending([109, 99, 92], 3))
        #expect(!isMending([115, 100, 85], 4))
    }

    @Test func `an operator's call mends once, below the threshold too`() {
        var rebalance = Rebalance(rules: RebalanceRules(sharePerMinute: 100))
        let members = [Member(load: 115), Member(load: 100), Member(load: 85)]
        #expect(rebalance.look(at: 0, members) == [0, 0, 0])
        rebalance.begin()
        #expect(rebalance.look(at: interval, members) == [15, 0, 0])
        #expect(rebalance.look(at: 2 * interval, [Member(load: 104), Member(load: 100), Member(load: 96)]) == [0, 0, 0])
        #expect(!rebalance.isMending)
        rebalance.begin()
        rebalance.cancel()
        #expect(rebalance.look(at: 3 * interval, members) == [0, 0, 0])
    }

    @Test func `a pool that cannot be more level is not mended for ever`() {
        var rebalance = Rebalance(rules: RebalanceRules())
        rebalance.begin()
        #expect(rebalance.look(at: 0, [Member(load: 2), Member(load: 1), Member(load: 1)]) == [0, 0, 0])
        #expect(!rebalance.isMending)
    }

    @Test func `looks that find no fewer too many are in vain, until a better one or another backend comes`() {
        var rebalance = Rebalance(rules: RebalanceRules(sharePerMinute: 60))
        func look(_ loads: [Int], _ time: UInt64) -> Int {
            _ = rebalance.look(at: time * interval, loads.map { Member(load: $0) })
            return rebalance.looksInVain
        }
        rebalance.begin()
        #expect((0..<4).map { look([100, 0], $0) } == [0, 1, 2, 3])
        #expect(look([80, 20], 4) == 0)
        #expect(look([90, 10], 5) == 1)
        #expect(look([90, 10, 0], 6) == 0)
        #expect(look([90, 10, 0], 7) == 1)
        rebalance.begin()
        #expect(look([90, 10, 0], 8) == 0)
        // A look that may not close a whole tunnel yet is not one of them.
        rebalance = Rebalance(rules: RebalanceRules(sharePerMinute: 1))
        rebalance.begin()
        #expect((0..<7).map { look([100, 0], $0) } == [0, 0, 0, 0, 0, 1, 1])
    }

    @Test func `absurd pools and rules trap nowhere and nobody gives more than it has`() {
        let values = [Int.min, -1, 0, 1, 7, Int.max - 1, Int.max]
        let numbers = [Double.nan, .infinity, -.infinity, 0, -5, 1, 1e300, 5]
        var random = SplitMix(seed: 1)
        for _ in 0..<1000 {
            var rules = RebalanceRules()
            rules.threshold = numbers.randomElement(using: &random) ?? 1
            rules.sharePerMinute = numbers.randomElement(using: &random) ?? 1
            rules.interval = [0, 1, interval, .max].randomElement(using: &random) ?? 1
            var rebalance = Rebalance(rules: rules)
            for _ in 0..<4 {
                let members = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                    Member(
                        load: values.randomElement(using: &random) ?? 0, leaving: values.randomElement(using: &random) ?? 0,
                        weight: values.randomElement(using: &random) ?? 0, ramp: values.randomElement(using: &random) ?? 0,
                        takesNew: Int.random(in: 0...4, using: &random) > 0)
                }
                let given = rebalance.look(at: random.next(), members)
                #expect(given.count == members.count)
                #expect(zip(given, members).allSatisfy { (0...max(0, $1.load)).contains($0) && ($0 == 0 || $1.takesNew) })
            }
        }
    }
}
