import Balancing
import DataPlane
import Settings
import Testing

@testable import ControlPlane

@Suite("The keeper: ejection and rebalancing")
struct KeeperBalanceTests {
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
        bench.report(0, .succeeded, times: 3)
        #expect(!bench.condition(0).wasUnwell)
        #expect(bench.registry.backend(pool: "main", label: KeeperBench.label(0)).ejections == 1)
        #expect(bench.lines("backend_ejected").count == 1)
        #expect(bench.lines("backend_readmitted").count == 1)
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

    /// Connections, and as many tunnels on the workers in turn.
    private func load(_ bench: KeeperBench, _ index: Int, _ count: Int) {
        let label = KeeperBench.label(index)
        let tunnels = bench.registry.tunnel(route: "r", pool: "main", backend: label)
        for number in 0..<count {
            bench.registry.backend(pool: "main", label: label).acquire()
            tunnels.worker(number % 4 == 0 ? 0 : 1).opened()
        }
    }

    private func closed(_ orders: [String]) -> Int {
        orders.flatMap { $0.split(whereSeparator: { !$0.isNumber }).dropFirst() }.compactMap { Int($0) }.reduce(0, +)
    }

    @Test("a lopsided pool gives up some tunnels of its fullest backend, of each worker as many as it holds of them")
    func rebalancing() {
        let settings = RebalanceSettings(sharePercent: 60, interval: .seconds(10))
        let bench = KeeperBench(keptPool(2, check: nil) { $0.rebalance = settings })
        load(bench, 0, 400)
        bench.pass(seconds: 9)
        #expect(bench.hands.takeOrders() == [])
        bench.pass(seconds: 2)
        // 60 percent a minute of 400 are 40 in ten seconds.
        #expect(bench.hands.takeOrders() == ["9001 [10, 30] rebalance"])
        for _ in 0..<40 { bench.condition(0).leaves() }
        bench.pass(seconds: 10)
        #expect(closed(bench.hands.takeOrders()) <= 40)
    }

    @Test("backups, full ones and those that take nothing neither give nor count")
    func bystanders() {
        let settings = RebalanceSettings(sharePercent: 100, interval: .seconds(10))
        let bench = KeeperBench(
            keptPool(4, check: nil) {
                $0.rebalance = settings
                $0.backends[1].isBackup = true
                $0.backends[2].maxConnections = 1
                $0.backends[3].state = .drain
            })
        load(bench, 0, 100)
        load(bench, 2, 1)
        _ = bench.hands.takeOrders()
        bench.pass(seconds: 60)
        #expect(bench.hands.takeOrders() == [])
    }

    @Test("once by the operator: also below the threshold, not where clients come back, and it ends by itself")
    func once() {
        let bench = KeeperBench(keptPool(2, check: nil))
        load(bench, 0, 1100)
        load(bench, 1, 1000)
        #expect(bench.core.rebalanceOnce(pool: "main", at: bench.now) == .begun)
        bench.pass(seconds: 1)
        #expect(bench.core.wakesAt(now: bench.now) == .max)
        load(bench, 0, 1000)
        #expect(bench.core.rebalanceOnce(pool: "main", at: bench.now) == .begun)
        bench.pass(seconds: 1)
        #expect(closed(bench.hands.takeOrders()) > 0)
        #expect(bench.core.views(at: bench.now)[0].isRebalancing)
        #expect(bench.core.rebalanceOnce(pool: "nobody", at: bench.now) == .noPool)
        let sticky = KeeperBench(keptPool(check: nil) { $0.balance = .hash })
        #expect(sticky.core.rebalanceOnce(pool: "main", at: sticky.now) == .refused)
    }

    @Test("shares come out whole and never above what is there", arguments: [
        ([3, 1], 2, [2, 0]), ([1, 1, 1], 2, [1, 1, 0]), ([0, 5], 9, [0, 5]), ([0, 0], 3, [0, 0]), ([7], 0, [0]), ([-1, 4], 4, [0, 4]),
    ] as [([Int], Int, [Int])])
    func shares(_ amounts: [Int], _ count: Int, _ expected: [Int]) {
        #expect(KeeperCore.divide(count, like: amounts) == expected)
    }
}
