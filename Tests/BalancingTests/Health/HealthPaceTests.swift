import Testing

@testable import Balancing

/// When checks begin: `HealthTracker.nextCheck` and `CheckTurn`.
@Suite struct HealthPaceTests {
    private let second: UInt64 = 1_000_000_000

    /// Moments of many checks after zero, the first one taken already.
    private func moments(_ tracker: HealthTracker, from last: UInt64 = 0) -> [UInt64] {
        var tracker = tracker
        var random = SplitMix(seed: 7)
        _ = tracker.nextCheck(after: last, using: &random)
        return (0..<2000).map { _ in tracker.nextCheck(after: last, using: &random) }
    }

    @Test func `first checks are spread over the whole interval in force`() {
        var random = SplitMix(seed: 3)
        let firsts = (0..<4000).map { _ in
            var tracker = HealthTracker()
            return tracker.nextCheck(after: 10 * second, using: &random)
        }
        var tenths = [Int](repeating: 0, count: 10)
        for first in firsts {
            #expect(first >= 10 * second && first < 11 * second)
            tenths[Int(min(9, (first - 10 * second) / (second / 10)))] += 1
        }
        #expect(isNear(tenths, weights: [Int](repeating: 1, count: 10), tolerance: 0.25))
    }

    @Test func `later ones come after the interval, a tenth more or less`() {
        var tracker = HealthTracker()
        _ = tracker.checkPassed(at: 0)
        let all = moments(tracker)
        #expect(all.allSatisfy { (4_500_000_000...5_500_000_000).contains($0) })
        #expect((all.min() ?? 0) < 4_550_000_000 && (all.max() ?? 0) > 5_450_000_000)
    }

    @Test func `checks are fast while unknown, falling, down and rising, and only then`() {
        var tracker = HealthTracker(rules: CheckRules(rise: 2, fall: 2))
        func isFast() -> Bool { moments(tracker).allSatisfy { $0 <= 1_100_000_000 } }
        #expect(isFast())
        _ = tracker.checkPassed(at: 1)
        #expect(!isFast() && tracker.isSettled)
        _ = tracker.checkFailed(at: 2)
        #expect(isFast() && !tracker.isSettled)
        _ = tracker.checkFailed(at: 3)
        #expect(isFast())
        _ = tracker.checkPassed(at: 4)
        #expect(isFast())
        _ = tracker.checkPassed(at: 5)
        #expect(!isFast())
    }

    @Test func `the fast interval is never the slower one`() {
        let tracker = HealthTracker(rules: CheckRules(interval: second / 2, fastInterval: second))
        #expect(moments(tracker).allSatisfy { $0 <= 550_000_000 })
    }

    @Test func `intervals of any length leave a pause and overflow nothing`() {
        let none = HealthTracker(rules: CheckRules(interval: 0, fastInterval: 0))
        #expect(moments(none).allSatisfy { $0 >= 9_000_000 })
        let endless = HealthTracker(rules: CheckRules(interval: .max, fastInterval: .max))
        #expect(moments(endless, from: .max).allSatisfy { $0 == .max })
    }

    @Test func `a check begins at its moment and not before, and never beside another`() throws {
        var turn = CheckTurn()
        #expect(turn.begin(at: 5, timeout: 10) == nil)
        #expect(turn.wakesAt == nil)
        turn.plan(for: 100)
        #expect(turn.wakesAt == 100)
        #expect(turn.begin(at: 99, timeout: 10) == nil)
        let begun = turn.begin(at: 100, timeout: 10)
        let number = try #require(begun)
        #expect(turn.isRunning && turn.wakesAt == 110)
        #expect(turn.begin(at: 100, timeout: 10) == nil)
        #expect(turn.plan(for: 101) == false)
        let ended = turn.end(number)
        #expect(ended && !turn.isRunning)
        // Done, and nothing planned: it rests until told.
        #expect(turn.begin(at: 1000, timeout: 10) == nil)
        #expect(turn.plan(for: 101) == true)
    }

    @Test func `a check without a result fails at its deadline, and its late answer is not taken`() throws {
        var turn = CheckTurn()
        turn.plan(for: 0)
        let begun = turn.begin(at: 0, timeout: 10)
        let slow = try #require(begun)
        #expect(turn.expire(at: 9) == nil)
        #expect(turn.expire(at: 10) == slow)
        #expect(turn.expire(at: 11) == nil)
        let late = turn.end(slow)
        #expect(!late)
        turn.plan(for: 20)
        let again = turn.begin(at: 20, timeout: 10)
        let next = try #require(again)
        // Nor while the next one runs.
        let later = turn.end(slow)
        #expect(!later && turn.isRunning)
        let timely = turn.end(next)
        #expect(timely)
    }

    @Test func `a cancelled check has no result and no deadline`() throws {
        var turn = CheckTurn()
        #expect(turn.cancel() == nil)
        turn.plan(for: 0)
        #expect(turn.cancel() == nil && turn.wakesAt == nil)
        turn.plan(for: 0)
        let begun = turn.begin(at: 0, timeout: .max)
        let number = try #require(begun)
        #expect(turn.wakesAt == .max)
        #expect(turn.cancel() == number)
        let counted = turn.end(number)
        #expect(!counted && turn.expire(at: .max) == nil)
    }

    @Test func `in a day of slow, late and lost answers no two checks run at once and each has one result`() {
        var random = SplitMix(seed: 11)
        var tracker = HealthTracker()
        var turn = CheckTurn()
        turn.plan(for: tracker.nextCheck(after: 0, using: &random))
        var (now, running, begun, results): (UInt64, Set<UInt64>, Int, Int) = (0, [], 0, 0)
        var late: [UInt64] = []
        var last: UInt64 = 0
        for _ in 0..<20_000 {
            now = max(now, turn.wakesAt ?? now)
            var isOver = false
            if let number = turn.expire(at: now) {
                running.remove(number)
                late.append(number)
                _ = tracker.checkFailed(at: now)
                isOver = true
            } else if let number = turn.begin(at: now, timeout: tracker.rules.timeout) {
                #expect(running.isEmpty)
                running.insert(number)
                (begun, last) = (begun + 1, now)
                // Three of four answer in time.
                if random.next(upperBound: UInt64(4)) > 0 {
                    now += random.next(upperBound: tracker.rules.timeout)
                    isOver = turn.end(number)
                    running.remove(number)
                    _ = tracker.checkPassed(at: now)
                }
            }
            if let number = late.first, random.next(upperBound: UInt64(2)) == 0 {
                late.removeFirst()
                let taken = turn.end(number)
                #expect(!taken)
            }
            if isOver {
                results += 1
                turn.plan(for: tracker.nextCheck(after: last, using: &random))
            }
        }
        #expect(begun > 1000 && begun - results <= 1)
    }
}
