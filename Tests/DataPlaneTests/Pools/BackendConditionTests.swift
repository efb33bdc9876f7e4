import Balancing
import Testing

@testable import DataPlane

@Suite("How a backend stands")
struct BackendConditionTests {
    private let condition = BackendCondition(key: BackendKey(pool: "p", backend: "b"))

    @Test("a new one takes connections")
    func new() {
        #expect(condition.takesNew && !condition.isSuspect && condition.isInService)
        #expect(condition.label == .ready)
    }

    @Test("drain, maint and its own word keep new connections away; down and ejected only make it suspect")
    func parts() {
        for state in [BackendCondition.Administrative.drain, .maint] {
            condition.administrative = state
            #expect(!condition.takesNew && !condition.isSuspect)
            condition.administrative = .ready
        }
        condition.saysDraining = true
        #expect(!condition.takesNew && !condition.isSuspect && condition.label == .draining)
        condition.saysDraining = false
        condition.isEjected = true
        #expect(condition.takesNew && condition.isSuspect && condition.label == .ejected)
        condition.isEjected = false
        condition.health = .down
        #expect(condition.takesNew && condition.isSuspect && condition.label == .down)
        condition.health = .up
        #expect(condition.isInService)
    }

    @Test("on probation it takes connections, and whatever keeps it from them is told first")
    func probation() {
        condition.isOnProbation = true
        #expect(condition.isInService && condition.label == .probation)
        condition.isChecked = true
        #expect(condition.label == .unknown)
        condition.health = .down
        #expect(condition.label == .down)
        condition.health = .up
        #expect(condition.label == .probation)
    }

    @Test("an unknown one is suspect only where checks begin with down")
    func unknown() {
        condition.isChecked = true
        #expect(condition.isInService && condition.label == .unknown)
        condition.startsDown = true
        #expect(condition.isSuspect)
        condition.health = .up
        #expect(!condition.isSuspect && condition.label == .ready)
    }

    @Test("it starts slowly by time or by connections, whichever is further, and then has its whole share")
    func slowStart() {
        let rules = SlowStart(periodNanoseconds: 1000, connections: 10)
        condition.gave()
        #expect(condition.ramp(rules, now: 5) == 1000)
        condition.beganSlowly(at: 1000)
        #expect(condition.ramp(rules, now: 1000) == SlowStart.least)
        #expect(condition.ramp(rules, now: 1500) == 500)
        for _ in 0..<7 { condition.gave() }
        #expect(condition.ramp(rules, now: 1500) == 700)
        // A clock that another thread read earlier.
        #expect(condition.ramp(rules, now: 10) == 700)
        #expect(condition.ramp(rules, now: 2000) == 1000)
        #expect(condition.ramp(rules, now: 1500) == 1000)
        condition.beganSlowly(at: 0)
        #expect(condition.ramp(rules, now: 1) == SlowStart.least)
    }

    @Test("who looks without a snapshot sees the same share, and the whole one where nothing starts slowly")
    func slowStartRatio() {
        condition.beganSlowly(at: 1000)
        condition.slowStart = SlowStart(periodNanoseconds: 1000, connections: 10)
        #expect(condition.slowStartRatio(at: 1000) == 0.05)
        #expect(condition.slowStartRatio(at: 1250) == 0.25)
        for _ in 0..<4 { condition.gave() }
        #expect(condition.slowStartRatio(at: 1250) == 0.4)
        condition.slowStart = SlowStart()
        #expect(condition.slowStartRatio(at: 1250) == 1)
    }

    @Test("no more dials begin than may be in flight, whoever tries")
    func dials() {
        #expect(condition.beginDial(limit: 2) && condition.beginDial(limit: 2))
        #expect(!condition.beginDial(limit: 2))
        #expect(condition.dialsInFlight == 2)
        #expect(condition.beginDial(limit: nil))
        condition.endDial()
        condition.endDial()
        #expect(condition.beginDial(limit: 2))
    }

    @Test("those told to close count from the drain's beginning, and those called off do not")
    func shedding() {
        for _ in 0..<3 { condition.leaves() }
        condition.left()
        condition.beginsToShed()
        #expect(condition.tunnelsTold == 2 && condition.tunnelsLeaving == 2)
        condition.leaves()
        condition.left()
        condition.stays()
        #expect(condition.tunnelsTold == 2 && condition.tunnelsLeaving == 1)
    }

    @Test("it is found again by pool and label, and forgotten with its meter")
    func registry() {
        let registry = MeterRegistry(workers: 1)
        registry.condition(pool: "p", label: "b").administrative = .drain
        var names = ConfiguredNames()
        names.backends = [BackendKey(pool: "p", backend: "b")]
        registry.retain(only: names)
        #expect(registry.condition(pool: "p", label: "b").administrative == .drain)
        _ = registry.backend(pool: "p", label: "b").acquire()
        registry.retain(only: ConfiguredNames())
        #expect(registry.condition(pool: "p", label: "b").administrative == .drain)
        registry.backend(pool: "p", label: "b").release()
        registry.retain(only: ConfiguredNames())
        #expect(registry.condition(pool: "p", label: "b").administrative == .ready)
    }
}

@Suite("Reports on their way to the keeper")
struct PassiveReportsTests {
    private static let report = PassiveReport(BackendKey(pool: "p", backend: "b"), .failed, at: 1)

    @Test("the first one since the last look wakes, the others do not")
    func wakes() {
        let reports = PassiveReports()
        let woken = SharedCounter()
        reports.onArrival { woken.add() }
        for _ in 0..<3 { reports.post(Self.report) }
        #expect(woken.load() == 1)
        #expect(reports.take().count == 3)
        #expect(reports.take().isEmpty)
        reports.post(Self.report)
        #expect(woken.load() == 2)
    }

    @Test("what came before somebody listened is told at once")
    func early() {
        let reports = PassiveReports()
        reports.post(Self.report)
        let woken = SharedCounter()
        reports.onArrival { woken.add() }
        #expect(woken.load() == 1)
    }

    @Test("past the bound reports are lost and counted")
    func bound() {
        let reports = PassiveReports()
        for _ in 0..<(PassiveReports.bound + 5) { reports.post(Self.report) }
        #expect(reports.take().count == PassiveReports.bound)
        #expect(reports.lost == 5)
    }
}
