import Balancing
import DataPlane
import Settings
import Testing

@testable import ControlPlane

/// Rebalancing once, where nobody can be given anything at first.
@Suite("The keeper: rebalancing toward backends that are not there yet")
struct KeeperTakerTests {
    private func bench(_ count: Int, loads: [Int]) -> KeeperBench {
        let bench = KeeperBench(keptPool(loads.count, check: nil))
        for (index, load) in loads.enumerated() {
            let tunnels = bench.registry.tunnel(route: "r", pool: "main", backend: KeeperBench.label(index))
            for number in 0..<load { tunnels.worker(number % 2).opened() }
        }
        let check = CheckSettings(start: .down)
        bench.adopt(keptPool(count, check: check))
        for index in loads.indices { #expect(bench.check(index, .passed)) }
        _ = bench.hands.takeOrders()
        return bench
    }

    private func endings(_ bench: KeeperBench) -> [String] { bench.lines("pool_rebalance_ended") }

    @Test("a backend that comes and has not been found well is waited for, and then filled", arguments: [[60], [30, 30]])
    func comes(_ loads: [Int]) {
        let bench = bench(loads.count + 1, loads: loads)
        #expect(bench.core.rebalanceOnce(pool: "main", at: bench.now) == .begun)
        bench.pass(seconds: 30)
        #expect(endings(bench).isEmpty && bench.core.views(at: bench.now)[0].isRebalancing)
        #expect(bench.hands.takeOrders() == [])
        #expect(bench.check(loads.count, .passed))
        bench.pass(seconds: 30)
        #expect(endings(bench).isEmpty && !bench.hands.takeOrders().isEmpty)
    }

    @Test("for a minute and no longer; the end says whether the others are level or there is nobody to give to", arguments: [
        ([60], "nobody to give to"), ([30, 30], "done"),
    ] as [([Int], String)])
    func neverComes(_ loads: [Int], _ reason: String) {
        let bench = bench(loads.count + 1, loads: loads)
        #expect(bench.core.rebalanceOnce(pool: "main", at: bench.now) == .begun)
        bench.pass(seconds: 59)
        #expect(endings(bench).isEmpty)
        bench.pass(seconds: 3)
        #expect(endings(bench).count == 1 && endings(bench).first?.contains("\"reason\":\"\(reason)\"") == true)
        #expect(!bench.core.views(at: bench.now)[0].isRebalancing)
    }
}
