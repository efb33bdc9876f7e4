import Balancing
import DataPlane
import Settings
import Testing

@testable import ControlPlane

@Suite("The keeper: drains, and tunnels of backends that are down")
struct KeeperDrainTests {
    @Test("a backend whose health answer says so drains, and stays once it does not say so any more")
    func saysSo() {
        let bench = KeeperBench(keptPool { $0.drain = .perSecond(50) })
        bench.check(0, .draining)
        #expect(bench.condition(0).label == .draining)
        #expect(!bench.condition(0).takesNew)
        #expect(!bench.condition(0).isSuspect)
        #expect(bench.hands.takeOrders() == ["9001 all at 50/s backend_drain"])
        bench.check(0, .draining)
        #expect(bench.hands.takeOrders() == [])
        bench.check(0, .passed)
        #expect(bench.condition(0).isInService)
        #expect(bench.hands.takeOrders() == ["9001 called off backend_drain"])
        #expect(bench.lines("backend_draining").count == 1)
    }

    @Test("the operator drains a backend and takes it back; what does not exist is refused")
    func operatorDrains() {
        let bench = KeeperBench(keptPool())
        #expect(bench.core.setState(.drain, backend: KeeperBench.label(1), pool: "main", at: bench.now))
        #expect(bench.condition(1).label == .drain)
        #expect(bench.hands.takeOrders() == ["9002 all over 30s backend_drain"])
        #expect(bench.core.setState(.maint, backend: KeeperBench.label(1), pool: "main", at: bench.now))
        #expect(bench.hands.takeOrders() == [])
        #expect(bench.core.setState(.ready, backend: KeeperBench.label(1), pool: "main", at: bench.now))
        #expect(bench.hands.takeOrders() == ["9002 called off backend_drain"])
        #expect(bench.lines("backend_state").count == 3)
        #expect(!bench.core.setState(.drain, backend: "nobody", pool: "main", at: bench.now))
        #expect(!bench.core.setState(.drain, backend: KeeperBench.label(1), pool: "nobody", at: bench.now))
    }

    @Test("the operator's word stands over reloads until the file's word changes")
    func fileAndOperator() {
        let bench = KeeperBench(keptPool())
        _ = bench.core.setState(.drain, backend: KeeperBench.label(0), pool: "main", at: bench.now)
        bench.adopt(keptPool())
        #expect(bench.condition(0).administrative == .drain)
        bench.adopt(keptPool { $0.backends[0].state = .maint })
        #expect(bench.condition(0).administrative == .maint)
        _ = bench.core.setState(.ready, backend: KeeperBench.label(0), pool: "main", at: bench.now)
        bench.adopt(keptPool { $0.backends[0].state = .maint })
        #expect(bench.condition(0).administrative == .ready)
    }

    @Test("the operator's word holds for a backend that goes and comes back, until it or the file's word changes, or the pool goes")
    func goesAndComesBack() {
        let bench = KeeperBench(keptPool(3))
        func say(_ state: BackendCondition.Administrative) {
            #expect(bench.core.setState(state, backend: KeeperBench.label(2), pool: "main", at: bench.now))
        }
        func comesBack(_ change: (inout PoolSettings) -> Void = { _ in }) -> BackendCondition.Administrative {
            bench.adopt(keptPool(3, change))
            return bench.condition(2).administrative
        }
        say(.drain)
        bench.adopt(keptPool(2))
        _ = bench.hands.takeOrders()
        #expect(comesBack() == .drain)
        #expect(bench.hands.takeOrders() == ["9003 all over 30s backend_drain"])
        #expect(bench.lines("backend_state").count == 2)
        say(.maint)
        bench.adopt(keptPool(2))
        _ = bench.hands.takeCheck(port: 9003)
        #expect(comesBack() == .maint)
        bench.pass(seconds: 60)
        #expect(bench.hands.takeCheck(port: 9003) == nil)
        say(.ready)
        bench.adopt(keptPool(2))
        #expect(comesBack() == .ready)
        say(.drain)
        bench.adopt(keptPool(2))
        #expect(comesBack { $0.backends[2].state = .maint } == .maint)
        #expect(comesBack() == .ready)
        say(.drain)
        bench.adopt()
        #expect(comesBack() == .ready)
    }

    @Test("the word on a backend that is gone lapses after an hour, and of too many words the oldest")
    func wordsLapse() {
        let hour = OperatorWords.patience
        func key(_ number: Int) -> BackendKey { BackendKey(pool: "main", backend: "\(number)") }
        var words = OperatorWords()
        for number in 0...OperatorWords.most { words.say(.drain, of: key(number), file: .ready) }
        #expect(words.isBack(key(0), file: .ready, at: 0) == nil)
        words.isGone(key(1), at: 5)
        #expect(words.isBack(key(1), file: .ready, at: 5 + hour) == .drain)
        // It is here again: the time counts from the next time it goes.
        #expect(words.isBack(key(1), file: .ready, at: 5 + 3 * hour) == .drain)
        words.isGone(key(1), at: 5)
        #expect(words.isBack(key(1), file: .ready, at: 6 + hour) == nil)
        words.isGone(key(2), at: 5)
        #expect(words.isBack(key(2), file: .drain, at: 6) == nil)
    }

    @Test("a backend that begins with state: drain is drained from the start; one that is removed is the reload's to drain")
    func fromTheStart() {
        let bench = KeeperBench(keptPool { $0.backends[1].state = .drain })
        #expect(bench.hands.takeOrders() == ["9002 all over 30s backend_drain"])
        bench.adopt(keptPool(1))
        #expect(bench.hands.takeOrders() == ["9002 called off backend_drain"])
    }

    @Test("with when_down: close the tunnels of a backend that is down are closed, with keep they are not")
    func down() {
        let keeping = KeeperBench(keptPool())
        keeping.check(0, .failed(.refused))
        #expect(keeping.hands.takeOrders() == [])
        let closing = KeeperBench(keptPool { $0.whenDown = .close })
        closing.check(0, .failed(.refused))
        #expect(closing.hands.takeOrders() == ["9001 all over 30s backend_down"])
        closing.check(0, .passed)
        closing.check(0, .passed)
        #expect(closing.hands.takeOrders() == ["9001 called off backend_down"])
    }

    @Test("a new pace holds for a drain under way, too, and the same one changes nothing")
    func anotherPace() {
        let bench = KeeperBench(keptPool(check: nil))
        _ = bench.core.setState(.drain, backend: KeeperBench.label(0), pool: "main", at: bench.now)
        #expect(bench.hands.takeOrders() == ["9001 all over 30s backend_drain"])
        bench.adopt(keptPool(check: nil))
        #expect(bench.hands.takeOrders() == [])
        bench.adopt(keptPool(check: nil) { $0.drain = .over(.seconds(2)) })
        #expect(bench.hands.takeOrders() == ["9001 called off backend_drain", "9001 all over 2s backend_drain"])
    }

    @Test("when too few are well nobody's tunnels are closed for being down, and panic is shown")
    func panic() {
        let bench = KeeperBench(keptPool { $0.whenDown = .close })
        bench.check(0, .failed(.refused))
        #expect(!bench.registry.pool("main").isInPanic)
        _ = bench.hands.takeOrders()
        bench.check(1, .failed(.refused))
        #expect(bench.registry.pool("main").isInPanic)
        #expect(bench.hands.takeOrders() == ["9001 called off backend_down"])
        bench.check(1, .passed)
        bench.check(1, .passed)
        #expect(!bench.registry.pool("main").isInPanic)
        let never = KeeperBench(keptPool(1) { $0.panicPercent = 0 })
        never.check(0, .failed(.refused))
        #expect(!never.registry.pool("main").isInPanic)
    }

    @Test("that a drain has emptied a backend is told once, when its last connection is gone")
    func emptied() {
        let bench = KeeperBench(keptPool(check: nil))
        let meter = bench.registry.backend(pool: "main", label: KeeperBench.label(0))
        meter.acquire()
        _ = bench.core.setState(.drain, backend: KeeperBench.label(0), pool: "main", at: bench.now)
        bench.pass(seconds: 5)
        #expect(bench.lines("backend_drained").isEmpty)
        #expect(bench.core.views(at: bench.now)[0].backends[0].draining?.left == 1)
        meter.release()
        bench.pass(seconds: 5)
        #expect(bench.lines("backend_drained").count == 1)
        #expect(bench.core.wakesAt(now: bench.now) == .max)
    }

    @Test("whoever comes back, or is new, starts slowly; nobody does when the proxy starts")
    func slowStart() {
        let settings = SlowStartSettings(period: .seconds(30))
        let rules = SlowStart(settings)
        let bench = KeeperBench(keptPool { $0.slowStart = settings })
        #expect(bench.condition(0).ramp(rules, now: bench.now) == 1000)
        bench.check(0, .failed(.refused))
        bench.check(0, .passed)
        bench.check(0, .passed)
        #expect(bench.condition(0).ramp(rules, now: bench.now) < 1000)
        #expect(bench.condition(1).ramp(rules, now: bench.now) == 1000)
        bench.adopt(keptPool(3) { $0.slowStart = settings })
        #expect(bench.condition(2).ramp(rules, now: bench.now) < 1000)
        bench.pass(seconds: 31)
        #expect(bench.condition(2).ramp(rules, now: bench.now) == 1000)
    }
}
