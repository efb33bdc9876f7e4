import Testing

@testable import Balancing

@Suite struct EjectionSimulationTests {
    /// Backends that fail, go down, drain, come and go at random, for each of many seeds.
    @Test(arguments: 0..<40)
    func `ejection never empties a pool and keeps to its share, whatever happens`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let rules = EjectionRules(
            failures: Int.random(in: 1...4, using: &random), base: 100, longest: 1000,
            maxShare: [10, 34, 50, 100].randomElement(using: &random) ?? 50,
            successes: Int.random(in: 1...3, using: &random))
        var labels = Array(0..<Int.random(in: 1...9, using: &random))
        var tracker = EjectionTracker(rules: rules, labels: labels)
        var out: Set<Int> = []
        var now: UInt64 = 0
        var ejections = 0

        func isServed() -> Bool { labels.contains { !out.contains($0) && !tracker.isEjected($0) } }
        func couldBeServed() -> Bool { labels.contains { !out.contains($0) } }

        for _ in 0..<1000 {
            now += UInt64.random(in: 0...20, using: &random)
            let label = Int.random(in: 0...9, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<60:
                let before = isServed()
                let event = tracker.failed(label, at: now) { !out.contains($0) }
                if case .ejected = event {
                    ejections += 1
                    #expect(tracker.ejectedCount * 100 <= rules.maxShare * labels.count)
                }
                #expect(isServed() == before, "\(label) was ejected as the last one")
            case 60..<85: _ = tracker.succeeded(label, at: now)
            case 85..<92: out.insert(label)
            case 92..<99: out.remove(label)
            default:
                labels = (0..<10).filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
                tracker.reconcile(labels)
            }
            // The keeper's look after each change.
            let events = tracker.tick(at: now) { !out.contains($0) }
            #expect(events.count <= labels.count)
            #expect(isServed() == couldBeServed())
            #expect(tracker.ejectedCount * 100 <= rules.maxShare * labels.count)
            #expect(labels.allSatisfy { label in
                if case .ejected(let until) = tracker.standing(of: label) { until > now } else { true }
            })
        }
        #expect(ejections > 0 || rules.maxShare == 10)
    }

    @Test func `a backend that refuses everything costs less and less, and one that is mended is forgiven`() {
        var tracker = EjectionTracker(labels: ["bad", "good", "better"])
        let second: UInt64 = 1_000_000_000
        var failures = 0
        // An hour of one attempt a second while it is in.
        for time in 0..<UInt64(3600) {
            _ = tracker.tick(at: time * second) { _ in true }
            guard !tracker.isEjected("bad") else { continue }
            failures += 1
            _ = tracker.failed("bad", at: time * second) { _ in true }
        }
        // Five to begin with, then one each after 10, 20, 40, 80, 160, and every 300 seconds.
        #expect(failures == 5 + 5 + 10)
        var events: [EjectionTracker<String>.Event] = []
        for time in UInt64(3600)..<4200 {
            events += tracker.tick(at: time * second) { _ in true }
            if !tracker.isEjected("bad"), let event = tracker.succeeded("bad", at: time * second) { events.append(event) }
        }
        #expect(events == [.readmitted("bad"), .recovered("bad")])
    }
}
