import Testing

@testable import Balancing

@Suite struct HealthTrackerTests {
    @Test(arguments: [(CheckRules.Start.up, true), (.down, false)])
    func `before its first result a backend takes connections as start says`(start: CheckRules.Start, takesNew: Bool) {
        var tracker = HealthTracker(rules: CheckRules(start: start))
        #expect(tracker.state == .unknown)
        #expect(tracker.takesNew == takesNew)
        #expect(tracker.checkPassed(at: 1) == [.wentUp(from: .unknown)])
        #expect(tracker.takesNew)
    }

    @Test func `the first result decides at once, whatever rise and fall say`() {
        let rules = CheckRules(rise: 9, fall: 9)
        var one = HealthTracker(rules: rules)
        #expect(one.checkPassed(at: 1) == [.wentUp(from: .unknown)])
        var other = HealthTracker(rules: rules)
        #expect(other.checkFailed(at: 1) == [.wentDown(from: .unknown)])
        #expect(!other.takesNew)
        // From then on they count.
        #expect(other.checkPassed(at: 2) == [])
        #expect(other.state == .down)
    }

    @Test func `fall failures in a row bring it down, rise passes in a row bring it up, once each`() {
        var tracker = HealthTracker(rules: CheckRules(rise: 2, fall: 3))
        _ = tracker.checkPassed(at: 1)
        #expect((2...3).map { tracker.checkFailed(at: $0) } == [[], []])
        #expect(tracker.takesNew)
        #expect(tracker.checkFailed(at: 4) == [.wentDown(from: .up)])
        #expect(tracker.changedAt == 4)
        #expect(tracker.checkFailed(at: 5) == [])
        #expect(tracker.checkPassed(at: 6) == [])
        #expect(!tracker.takesNew)
        #expect(tracker.checkPassed(at: 7) == [.wentUp(from: .down)])
        #expect(tracker.changedAt == 7)
    }

    @Test func `a result of the other kind starts the count anew`() {
        var tracker = HealthTracker(rules: CheckRules(rise: 2, fall: 3))
        _ = tracker.checkPassed(at: 0)
        for round in 0..<50 {
            #expect(tracker.checkFailed(at: UInt64(round)) == [])
            #expect(tracker.checkFailed(at: UInt64(round)) == [])
            #expect(tracker.checkPassed(at: UInt64(round)) == [])
        }
        #expect(tracker.state == .up)
    }

    @Test func `a backend that flaps with every check writes one event and stays down`() {
        var tracker = HealthTracker(rules: CheckRules(rise: 2, fall: 1))
        var events: [HealthEvent] = []
        for second in 0..<100 {
            let isUp = second % 2 == 0
            events += isUp ? tracker.checkPassed(at: UInt64(second)) : tracker.checkFailed(at: UInt64(second))
        }
        #expect(events == [.wentUp(from: .unknown), .wentDown(from: .up)])
    }

    @Test func `an answer that says draining is a sign of life, and ends new connections at once`() {
        var tracker = HealthTracker(rules: CheckRules(rise: 2, fall: 2))
        #expect(tracker.checkSaidDraining(at: 1) == [.wentUp(from: .unknown), .drainBegan])
        #expect(tracker.state == .up && !tracker.takesNew)
        #expect(tracker.checkSaidDraining(at: 2) == [])
        #expect(tracker.checkPassed(at: 3) == [.drainEnded])
        #expect(tracker.takesNew)
    }

    @Test func `a draining backend that goes away drains on, and comes back without draining`() {
        var tracker = HealthTracker(rules: CheckRules(rise: 1, fall: 2))
        _ = tracker.checkSaidDraining(at: 1)
        #expect(tracker.checkFailed(at: 2) == [])
        #expect(tracker.isDraining)
        #expect(tracker.checkFailed(at: 3) == [.wentDown(from: .up)])
        #expect(tracker.isDraining && !tracker.takesNew)
        #expect(tracker.checkPassed(at: 4) == [.drainEnded, .wentUp(from: .down)])
        #expect(tracker.takesNew)
    }

    @Test func `a down backend that says draining needs its rise all the same`() {
        var tracker = HealthTracker(rules: CheckRules(rise: 2, fall: 1))
        _ = tracker.checkFailed(at: 1)
        #expect(tracker.checkSaidDraining(at: 2) == [.drainBegan])
        #expect(tracker.state == .down)
        #expect(tracker.checkSaidDraining(at: 3) == [.wentUp(from: .down)])
    }

    @Test func `rules of a reload meet the counts so far`() {
        var tracker = HealthTracker(rules: CheckRules(fall: 10))
        _ = tracker.checkPassed(at: 0)
        for _ in 0..<5 { _ = tracker.checkFailed(at: 1) }
        #expect(tracker.state == .up)
        tracker.rules.fall = 2
        #expect(tracker.checkFailed(at: 2) == [.wentDown(from: .up)])
    }

    @Test(arguments: [Int.min, 0, 1])
    func `counts below one count as one`(count: Int) {
        var tracker = HealthTracker(rules: CheckRules(rise: count, fall: count))
        _ = tracker.checkPassed(at: 0)
        #expect(tracker.checkFailed(at: 0) == [.wentDown(from: .up)])
        #expect(tracker.checkPassed(at: 0) == [.wentUp(from: .down)])
    }

    @Test func `the largest of counts is never reached and overflows nothing, and time may go backwards`() {
        var tracker = HealthTracker(rules: CheckRules(rise: .max, fall: .max), at: 100)
        #expect(tracker.checkPassed(at: 50) == [.wentUp(from: .unknown)])
        #expect(tracker.changedAt == 100)
        for _ in 0..<1000 { #expect(tracker.checkFailed(at: 0) == []) }
    }
}
