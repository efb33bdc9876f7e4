import Testing

@testable import Balancing

/// Backends that start slowly, tunnels that leave already, and pools in which nobody can be given anything.
@Suite struct RebalanceStandingTests {
    typealias Member = Rebalance.Member
    private let interval: UInt64 = 60_000_000_000

    /// All may go at each look.
    private func begun() -> Rebalance {
        var rebalance = Rebalance(rules: RebalanceRules(sharePerMinute: 100, interval: interval))
        rebalance.begin()
        return rebalance
    }

    @Test func `to one that starts slowly no more is given than it takes, and the pool is not level before it has its whole share`() {
        var rebalance = begun()
        func look(_ loads: [Int], ramp: Int, _ time: UInt64) -> [Int] {
            rebalance.look(
                at: time * interval, [Member(load: loads[0]), Member(load: loads[1]), Member(load: loads[2], ramp: ramp)])
        }
        // Nobody is a whole tunnel above the mean of the moment.
        #expect(look([30, 30, 0], ramp: 10, 0) == [0, 0, 0])
        #expect(rebalance.isMending)
        // 60 of 2.5 lots: 24 each, and it may have 12.
        #expect(look([30, 30, 0], ramp: 500, 1) == [6, 6, 0])
        // Level as far as it goes now.
        #expect(look([24, 24, 12], ramp: 500, 2) == [0, 0, 0])
        #expect(rebalance.isMending)
        #expect(look([24, 24, 12], ramp: 1000, 3) == [4, 4, 0])
        #expect(look([20, 20, 20], ramp: 1000, 4) == [0, 0, 0])
        #expect(!rebalance.isMending)
    }

    @Test func `one that starts slowly and has more than it takes now gives nothing of its whole share`() {
        var rebalance = begun()
        #expect(rebalance.look(at: 0, [Member(load: 40), Member(load: 20, ramp: 100)]) == [0, 0])
        #expect(rebalance.look(at: interval, [Member(load: 20), Member(load: 40, ramp: 100)]) == [0, 10])
    }

    @Test func `looks are not in vain while one starts slowly`() {
        var rebalance = begun()
        for time in 0..<20 as Range<UInt64> {
            #expect(rebalance.look(at: time * interval, [Member(load: 100), Member(load: 0, ramp: 500)]).reduce(0, +) > 0)
        }
        #expect(rebalance.isMending && rebalance.looksInVain == 0)
        for time in 20..<23 as Range<UInt64> { _ = rebalance.look(at: time * interval, [Member(load: 100), Member(load: 0)]) }
        #expect(rebalance.looksInVain == 3)
    }

    @Test func `who leaves already is not given up again, and the pool is not level before it is gone`() {
        var rebalance = begun()
        #expect(rebalance.look(at: 0, [Member(load: 60), Member(load: 0)]) == [30, 0])
        // However long it takes.
        for time in 1..<20 as Range<UInt64> {
            #expect(rebalance.look(at: time * interval, [Member(load: 30, leaving: 30), Member(load: 0)]) == [0, 0])
            #expect(rebalance.isMending && rebalance.looksInVain == 0)
        }
        #expect(rebalance.look(at: 20 * interval, [Member(load: 30), Member(load: 0)]) == [0, 0])
        #expect(rebalance.look(at: 21 * interval, [Member(load: 30), Member(load: 30)]) == [0, 0])
        #expect(!rebalance.isMending)
    }

    @Test func `what is ended and begun anew knows who is on the way, and what the share has allowed`() {
        var rebalance = begun()
        #expect(rebalance.look(at: 0, [Member(load: 60), Member(load: 0)]) == [30, 0])
        rebalance.cancel()
        rebalance.begin()
        #expect(rebalance.look(at: interval / 2, [Member(load: 30), Member(load: 0)]) == [0, 0])
        rebalance.rules.sharePerMinute = 50
        #expect(rebalance.look(at: interval / 2, [Member(load: 90), Member(load: 0)]) == [0, 0])
        rebalance.cancel()
        rebalance.begin()
        #expect(rebalance.look(at: interval, [Member(load: 90), Member(load: 0)]) == [22, 0])
    }

    @Test func `it tells a level pool from one in which nobody can be given anything`() {
        var rebalance = begun()
        func lacksTakers(_ members: [Member]) -> Bool {
            rebalance.begin()
            _ = rebalance.look(at: 0, members)
            return !rebalance.isMending && rebalance.lacksTakers
        }
        #expect(lacksTakers([Member(load: 60)]))
        #expect(lacksTakers([Member(load: 60), Member(load: 0, takesNew: false)]))
        #expect(lacksTakers([Member(load: 60, isFull: true), Member(load: 10, isFull: true)]))
        #expect(!lacksTakers([Member(load: 30), Member(load: 30)]))
        #expect(!lacksTakers([Member(load: 0), Member(load: 0)]))
        #expect(!lacksTakers([Member(load: 60), Member(load: 0)]))
    }
}
