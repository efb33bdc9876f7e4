import Balancing
import DataPlane
import Settings
import Testing

@testable import ControlPlane

@Suite("The keeper: ejection")
struct KeeperEjectionTests {
    @Test("failures in a row eject for a while; then it is readmitted, and successes clear it")
    func ejection() {
        let bench = KeeperBench(keptPool(3, check: nil) { $0.ejection = EjectionSettings(failures: 3) })
        bench.report(0, .failed, times: 2)
        #expect(bench.condition(0).wasUnwell)
        #expect(bench.condition(0).isInService)
        bench.report(0, .succeeded)
        #expect(!bench.condition(0).wasUnwell)
        bench.report(0, .failed, times: 3)
        #expect(bench.condition(0).label == .ejected)
        #expect(!bench.condition(0).isInService)
        #expect(bench.core.views(at: bench.now)[0].backends[0].ejectedSeconds == 10)
        bench.pass(seconds: 9.9)
        #expect(bench.condition(0).isEjected)
        bench.pass(seconds: 0.2)
        #expect(bench.condition(0).isInService)
        #expect(bench.condition(0).wasUnwell)
        #expect(bench.condition(0).label == .probation)
        #expect(bench.core.views(at: bench.now)[0].backends.map(\.isOnProbation) == [true, false, false])
        bench.report(0, .succeeded, times: 2)
        #expect(bench.condition(0).label == .probation)
        bench.report(0, .succeeded)
        #expect(!bench.condition(0).wasUnwell)
        #expect(bench.condition(0).label == .ready)
        #expect(bench.registry.backend(pool: "main", label: KeeperBench.label(0)).ejections == 1)
        #expect(bench.lines("backend_ejected").count == 1)
        #expect(bench.lines("backend_readmitted").count == 1)
    }

    @Test("one failure on probation ejects for longer; a pool without ejection has nobody on probation")
    func probation() {
        let rules = EjectionSettings(failures: 3, base: .seconds(1))
        let bench = KeeperBench(keptPool(3, check: nil) { $0.ejection = rules })
        bench.report(0, .failed, times: 3)
        bench.pass(seconds: 1.1)
        #expect(bench.condition(0).isOnProbation)
        bench.report(0, .failed)
        #expect(bench.condition(0).label == .ejected && !bench.condition(0).isOnProbation)
        bench.pass(seconds: 2.1)
        #expect(bench.condition(0).isOnProbation)
        bench.adopt(keptPool(3, check: nil))
        #expect(bench.condition(0).label == .ready)
    }

    @Test("with when_down: close the tunnels of a backend that is ejected are closed, until it is readmitted")
    func closing() {
        let bench = KeeperBench(
            keptPool(3, check: nil) {
                $0.ejection = EjectionSettings(failures: 1)
                $0.whenDown = .close
            })
        bench.report(0, .failed)
        #expect(bench.hands.takeOrders() == ["9001 all over 30s backend_down"])
        bench.pass(seconds: 11)
        #expect(bench.hands.takeOrders() == ["9001 called off backend_down"])
    }

    @Test("ejection spares the last one that takes connections, and gives one back when the others drop out")
    func lastOne() {
        let bench = KeeperBench(keptPool(2) { $0.ejection = EjectionSettings(failures: 1) })
        bench.report(0, .failed)
        #expect(bench.condition(0).isEjected)
        bench.report(1, .failed)
        #expect(!bench.condition(1).isEjected)
        _ = bench.core.setState(.drain, backend: KeeperBench.label(1), pool: "main", at: bench.now)
        #expect(!bench.condition(0).isEjected)
    }

    @Test("reports of pools without ejection, or about nobody, change nothing; turned off, ejection lets go")
    func ignored() {
        let bench = KeeperBench(keptPool(3, check: nil))
        bench.report(0, .failed, times: 100)
        bench.report(7, .failed, times: 100)
        #expect(bench.condition(0).isInService)
        bench.adopt(keptPool(3, check: nil) { $0.ejection = EjectionSettings(failures: 1) })
        bench.report(0, .failed)
        #expect(bench.condition(0).isEjected)
        bench.adopt(keptPool(3, check: nil))
        #expect(!bench.condition(0).isEjected)
    }

    @Test("one that comes back into service starts slowly, those of the start do not")
    func slowStart() {
        let bench = KeeperBench(
            keptPool(3, check: nil) {
                $0.ejection = EjectionSettings(failures: 1)
                $0.slowStart = SlowStartSettings(period: .seconds(30), connections: nil)
            })
        func ratios() -> [Double] { bench.core.views(at: bench.now)[0].backends.map(\.slowStartRatio) }
        #expect(ratios() == [1, 1, 1])
        bench.report(1, .failed)
        bench.pass(seconds: 10)
        #expect(ratios() == [1, 0.05, 1])
        bench.pass(seconds: 15)
        #expect(ratios() == [1, 0.5, 1])
        // A reload may change the rules, and end all starts.
        bench.adopt(
            keptPool(3, check: nil) { $0.slowStart = SlowStartSettings(period: .seconds(150), connections: nil) })
        #expect(ratios() == [1, 0.1, 1])
        bench.adopt(keptPool(3, check: nil))
        #expect(ratios() == [1, 1, 1])
    }
}
