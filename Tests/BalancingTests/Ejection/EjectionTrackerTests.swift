import Testing

@testable import Balancing

@Suite struct EjectionTrackerTests {
    typealias Tracker = EjectionTracker<String>
    private let second: UInt64 = 1_000_000_000

    /// Lets one backend fail so often in a row, all others being available.
    private func fail(_ tracker: inout Tracker, _ label: String, times: Int = 1, at now: UInt64) -> [Tracker.Event] {
        (0..<times).compactMap { _ in tracker.failed(label, at: now) { _ in true } }
    }

    private func tick(_ tracker: inout Tracker, at now: UInt64) -> [Tracker.Event] {
        tracker.tick(at: now) { _ in true }
    }

    @Test func `failures in a row eject for the base time, and then it returns on probation`() {
        var tracker = Tracker(labels: ["a", "b"])
        #expect(fail(&tracker, "a", times: 4, at: 0) == [])
        #expect(tracker.standing(of: "a") == .well)
        #expect(fail(&tracker, "a", at: second) == [.ejected("a", until: 11 * second)])
        #expect(tracker.isEjected("a") && !tracker.isEjected("b"))
        #expect(tracker.nextTick == 11 * second)
        #expect(tick(&tracker, at: 11 * second - 1) == [])
        #expect(tick(&tracker, at: 11 * second) == [.readmitted("a")])
        #expect(tracker.standing(of: "a") == .probation)
        #expect(tracker.nextTick == nil)
    }

    @Test func `a success between failures starts the count anew`() {
        var tracker = Tracker(labels: ["a", "b"])
        for _ in 0..<20 {
            #expect(fail(&tracker, "a", times: 4, at: 0) == [])
            #expect(tracker.succeeded("a", at: 0) == nil)
        }
        #expect(fail(&tracker, "a", times: 5, at: 0).count == 1)
    }

    @Test func `on probation one failure ejects for twice as long, up to the longest`() {
        var tracker = Tracker(labels: ["a", "b"])
        var now: UInt64 = 0
        var times: [UInt64] = []
        _ = fail(&tracker, "a", times: 4, at: now)
        for _ in 0..<9 {
            guard case .ejected(_, let until) = fail(&tracker, "a", at: now).first else { break }
            times.append((until - now) / second)
            now = until
            #expect(tick(&tracker, at: now) == [.readmitted("a")])
        }
        #expect(times == [10, 20, 40, 80, 160, 300, 300, 300, 300])
    }

    @Test func `successes in a row end probation, and a failure among them ejects`() {
        var tracker = Tracker(rules: EjectionRules(failures: 2, successes: 3), labels: ["a", "b"])
        _ = fail(&tracker, "a", times: 2, at: 0)
        _ = tick(&tracker, at: 10 * second)
        #expect(tracker.succeeded("a", at: 0) == nil)
        #expect(tracker.succeeded("a", at: 0) == nil)
        #expect(fail(&tracker, "a", at: 10 * second) == [.ejected("a", until: 30 * second)])
        _ = tick(&tracker, at: 30 * second)
        #expect((0..<3).map { _ in tracker.succeeded("a", at: 0) } == [nil, nil, .recovered("a")])
        // Trusted again: one failure is not enough any more.
        #expect(tracker.standing(of: "a") == .well)
        #expect(fail(&tracker, "a", at: 31 * second) == [])
    }

    @Test func `each longest time that it was well halves the next ejection`() {
        func nextTime(afterWell seconds: UInt64) -> UInt64? {
            var tracker = Tracker(labels: ["a", "b"])
            _ = fail(&tracker, "a", times: 5, at: 0)
            for _ in 0..<3 {
                guard let until = tracker.nextTick else { return nil }
                _ = tick(&tracker, at: until)
                // Lasted 10, 20, 40; the last of these leaves it in.
                if until < 70 * second { _ = fail(&tracker, "a", at: until) }
            }
            let now = (70 + seconds) * second
            guard case .ejected(_, let until) = fail(&tracker, "a", at: now).first else { return nil }
            return (until - now) / second
        }
        #expect(nextTime(afterWell: 0) == 80)
        #expect(nextTime(afterWell: 299) == 80)
        #expect(nextTime(afterWell: 300) == 40)
        #expect(nextTime(afterWell: 600) == 20)
        #expect(nextTime(afterWell: 900) == 10)
        #expect(nextTime(afterWell: 90_000) == 10)
    }

    @Test func `what fails or succeeds while ejected changes nothing`() {
        var tracker = Tracker(labels: ["a", "b"])
        _ = fail(&tracker, "a", times: 5, at: 0)
        #expect(fail(&tracker, "a", times: 50, at: second) == [])
        #expect(tracker.succeeded("a", at: second) == nil)
        #expect(tracker.standing(of: "a") == .ejected(until: 10 * second))
    }

    @Test(arguments: [
        (1, 50, 0), (2, 50, 1), (3, 50, 1), (4, 50, 2), (10, 30, 3), (10, 39, 3), (10, 0, 0), (3, 100, 2), (3, 999, 2),
        (3, -9, 0),
    ])
    func `no more than the share is ejected, rounded down, and never all`(count: Int, share: Int, expected: Int) {
        let labels = (0..<count).map { "b\($0)" }
        var tracker = Tracker(rules: EjectionRules(failures: 1, maxShare: share), labels: labels)
        let events = labels.flatMap { fail(&tracker, $0, at: 0) }
        #expect(tracker.ejectedCount == expected)
        #expect(events.suffix(count - expected) == labels.suffix(count - expected).map { .spared($0) }[...])
    }

    @Test func `a spared backend is ejected by its next failure once there is room, unless it succeeded`() {
        var tracker = Tracker(rules: EjectionRules(failures: 3), labels: ["a", "b"])
        _ = fail(&tracker, "a", times: 3, at: 0)
        #expect(fail(&tracker, "b", times: 3, at: 0) == [.spared("b")])
        _ = tick(&tracker, at: 10 * second)
        var other = tracker
        #expect(fail(&tracker, "b", at: 11 * second) == [.ejected("b", until: 21 * second)])
        _ = other.succeeded("b", at: 11 * second)
        #expect(fail(&other, "b", at: 11 * second) == [])
    }

    @Test func `a backend is not ejected when the others take no connections for other reasons`() {
        var tracker = Tracker(rules: EjectionRules(failures: 1, maxShare: 100), labels: ["a", "b", "c"])
        #expect(tracker.failed("a", at: 0) { $0 == "a" } == .spared("a"))
        #expect(tracker.failed("a", at: 0) { $0 != "c" } == .ejected("a", until: 10 * second))
        #expect(tracker.failed("b", at: 0) { $0 != "c" } == .spared("b"))
    }

    @Test func `when the rest goes down, whoever is due first is readmitted before its time`() {
        var tracker = Tracker(rules: EjectionRules(failures: 1, maxShare: 100), labels: ["a", "b", "c"])
        _ = fail(&tracker, "b", at: 0)
        _ = fail(&tracker, "a", at: second)
        #expect(tracker.tick(at: second) { $0 != "c" } == [.readmitted("b")])
        #expect(tracker.tick(at: second) { $0 != "c" } == [])
        // Nobody would be helped by one that is down as well.
        #expect(tracker.tick(at: second) { $0 == "c" } == [])
    }

    @Test func `a reload keeps the state of those that stay and forgets the others`() {
        var tracker = Tracker(rules: EjectionRules(failures: 2), labels: ["a", "b", "c", "d"])
        _ = fail(&tracker, "a", times: 2, at: 0)
        _ = fail(&tracker, "b", times: 1, at: 0)
        tracker.reconcile(["d", "b", "e", "a", "a"])
        #expect(tracker.labels == ["d", "b", "e", "a"])
        #expect(tracker.isEjected("a"))
        #expect(tracker.standing(of: "c") == nil)
        #expect(fail(&tracker, "c", times: 9, at: 0) == [])
        #expect(fail(&tracker, "b", at: 0) == [.ejected("b", until: 10 * second)])
        // Gone and back again: a new backend.
        tracker.reconcile(["b", "d"])
        tracker.reconcile(["a", "b", "d"])
        #expect(tracker.standing(of: "a") == .well)
    }

    @Test func `a pool that shrank readmits those due first, as far as its share asks`() {
        let labels = (0..<8).map { "b\($0)" }
        var tracker = Tracker(rules: EjectionRules(failures: 1), labels: labels)
        for (time, label) in ["b3", "b1", "b0", "b2"].enumerated() { _ = fail(&tracker, label, at: UInt64(time)) }
        tracker.reconcile(Array(labels.prefix(5)))
        #expect(tick(&tracker, at: 10) == [.readmitted("b3"), .readmitted("b1")])
        #expect(tracker.ejectedCount == 2)
    }

    @Test func `an operator readmits one by hand, once`() {
        var tracker = Tracker(rules: EjectionRules(failures: 1), labels: ["a", "b"])
        _ = fail(&tracker, "a", at: 0)
        #expect(tracker.release("a", at: 1) == .readmitted("a"))
        #expect(tracker.release("a", at: 1) == nil)
        #expect(tracker.release("x", at: 1) == nil)
        #expect(tracker.standing(of: "a") == .probation)
    }

    @Test func `a tunnel dies early below the time, never without one`() {
        #expect(EjectionRules().isEarlyDeath(lived: 2 * second - 1))
        #expect(!EjectionRules().isEarlyDeath(lived: 2 * second))
        #expect(!EjectionRules(earlyDeath: nil).isEarlyDeath(lived: 0))
    }

    @Test func `an empty pool, absurd rules and a clock that goes backwards trap nowhere`() {
        var empty = Tracker()
        #expect(fail(&empty, "a", at: 0) == [] && tick(&empty, at: .max) == [] && empty.nextTick == nil)
        for rules in [
            EjectionRules(failures: .min, base: 0, longest: 0, maxShare: .max, successes: .min),
            EjectionRules(failures: 1, base: .max, longest: .max, maxShare: 100, successes: .max),
            EjectionRules(failures: 1, base: .max, longest: 1, maxShare: 100),
        ] {
            var tracker = Tracker(rules: rules, labels: ["a", "b"])
            for now in [UInt64.max, 0, 1, .max - 1, .max, 0] {
                let events = fail(&tracker, "a", at: now)
                #expect(events.count == 1)
                #expect(tick(&tracker, at: .max) == [.readmitted("a")])
                _ = tracker.succeeded("a", at: 0)
            }
        }
        var never = Tracker(rules: EjectionRules(failures: .max), labels: ["a", "b"])
        #expect(fail(&never, "a", times: 1000, at: 0) == [])
    }
}
