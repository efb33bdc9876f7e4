import Balancing
import DataPlane
import Settings
import Testing

@testable import ControlPlane

@Suite("The keeper: rebalancing")
struct KeeperRebalanceTests {
    /// Connections, and as many tunnels on the workers in turn.
    private func load(_ bench: KeeperBench, _ index: Int, _ count: Int) {
        let label = KeeperBench.label(index)
        let tunnels = bench.registry.tunnel(route: "r", pool: "main", backend: label)
        for number in 0..<count {
            bench.registry.backend(pool: "main", label: label).acquire()
            tunnels.worker(number % 4 == 0 ? 0 : 1).opened()
        }
    }

    /// So many tunnels of the first backend, told to go, are gone.
    private func leave(_ bench: KeeperBench, _ count: Int) {
        let label = KeeperBench.label(0)
        for _ in 0..<count {
            bench.registry.backend(pool: "main", label: label).release()
            // It has most of them.
            bench.registry.tunnel(route: "r", pool: "main", backend: label).worker(1).closed()
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
        #expect(!bench.registry.pool("main").isRebalancing)
        bench.pass(seconds: 2)
        #expect(bench.registry.pool("main").isRebalancing)
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

    @Test("backends that have all they may have give to one that came")
    func fullOnes() {
        let bench = KeeperBench(
            keptPool(3, check: nil) {
                $0.rebalance = RebalanceSettings(sharePercent: 100, interval: .seconds(10))
                $0.backends[0].maxConnections = 30
                $0.backends[1].maxConnections = 30
            })
        load(bench, 0, 30)
        load(bench, 1, 30)
        _ = bench.hands.takeOrders()
        bench.pass(seconds: 60)
        #expect(Set(bench.hands.takeOrders().compactMap { $0.split(separator: " ").first }) == ["9001", "9002"])
    }

    @Test("once by the operator: also below the threshold, not where clients come back, and it ends by itself")
    func once() {
        let bench = KeeperBench(keptPool(2, check: nil))
        load(bench, 0, 1100)
        load(bench, 1, 1000)
        #expect(bench.core.rebalanceOnce(pool: "main", at: bench.now) == .begun)
        bench.pass(seconds: 1)
        #expect(bench.core.wakesAt(now: bench.now) == .max)
        #expect(endings(bench).count == 1)
        #expect(endings(bench).first?.contains("\"reason\":\"done\"") == true)
        load(bench, 0, 1000)
        #expect(bench.core.rebalanceOnce(pool: "main", at: bench.now) == .begun)
        bench.pass(seconds: 1)
        #expect(closed(bench.hands.takeOrders()) > 0)
        #expect(bench.core.views(at: bench.now)[0].isRebalancing)
        #expect(bench.core.rebalanceOnce(pool: "nobody", at: bench.now) == .noPool)
        let sticky = KeeperBench(keptPool(check: nil) { $0.balance = .hash })
        #expect(sticky.core.rebalanceOnce(pool: "main", at: sticky.now) == .refused)
    }

    /// `main` of two backends, of which the first has too many, rebalanced by the operator; `change` is what the file says beyond that.
    private func begun(_ counts: [Int] = [600, 0], _ change: (inout PoolSettings) -> Void = { _ in }) -> KeeperBench {
        let bench = KeeperBench(keptPool(counts.count, check: nil, change))
        for (index, count) in counts.enumerated() { load(bench, index, count) }
        #expect(bench.core.rebalanceOnce(pool: "main", at: bench.now) == .begun)
        bench.pass(seconds: 1)
        return bench
    }

    private func endings(_ bench: KeeperBench) -> [String] { bench.lines("pool_rebalance_ended") }

    @Test("once, clients come back to where they were: it is given up after some looks, with a line, and begins no more by itself")
    func inVain() throws {
        let bench = begun()
        bench.pass(seconds: 600)
        let told = closed(bench.hands.takeOrders())
        #expect(told > 0 && told < 100)
        #expect(endings(bench).count == 1)
        let line = try #require(endings(bench).first)
        #expect(line.contains("\"reason\":\"no progress\"") && line.contains("\"tunnels\":\(told)"))
        #expect(bench.core.wakesAt(now: bench.now) == .max)
        #expect(!bench.core.views(at: bench.now)[0].isRebalancing)
    }

    @Test("once, and a reload makes clients come back to where they were, or takes the pool away: it ends at once")
    func impossible() {
        let bound = begun()
        bound.adopt(keptPool(check: nil) { $0.balance = .hash })
        #expect(endings(bound).count == 1)
        #expect(bound.core.wakesAt(now: bound.now) == .max)
        let gone = begun()
        gone.adopt()
        #expect(endings(gone).count == 1)
        let same = begun()
        same.adopt(keptPool(check: nil))
        #expect(endings(same).isEmpty)
    }

    @Test("once, and called off; a pool that is rebalanced by its file goes on with that")
    func cancelled() {
        let bench = begun()
        let told = closed(bench.hands.takeOrders())
        #expect(told > 3)
        for _ in 0..<3 { bench.condition(0).leaves() }
        #expect(bench.core.cancelRebalance(pool: "main", at: bench.now) == .cancelled)
        #expect(bench.hands.takeOrders() == ["9001 called off rebalance"])
        // Those that may stay do not count.
        #expect(endings(bench).first?.contains("\"tunnels\":\(told - 3),") == true)
        bench.pass(seconds: 60)
        #expect(bench.hands.takeOrders() == [] && bench.core.wakesAt(now: bench.now) == .max)
        #expect(endings(bench).first?.contains("\"reason\":\"admin\"") == true)
        #expect(bench.core.cancelRebalance(pool: "main", at: bench.now) == .notBegun)
        #expect(bench.core.cancelRebalance(pool: "nobody", at: bench.now) == .noPool)
        let always = begun { $0.rebalance = RebalanceSettings(sharePercent: 60, interval: .seconds(10)) }
        #expect(always.core.cancelRebalance(pool: "main", at: always.now) == .cancelled)
        _ = always.hands.takeOrders()
        always.pass(seconds: 20)
        #expect(closed(always.hands.takeOrders()) > 0)
    }

    @Test("once, called off and begun anew again and again: no more go than what the share allows for the time, and than are too many")
    func again() {
        var wish = RebalanceWish()
        #expect(wish.set("share", to: "100") == nil && wish.set("interval", to: "30s") == nil)
        let bench = KeeperBench(keptPool(2, check: nil))
        load(bench, 0, 60)
        var told = 0
        for _ in 0..<6 {
            #expect(bench.core.rebalanceOnce(pool: "main", wish, at: bench.now) == .begun)
            bench.pass(seconds: 10)
            let count = closed(bench.hands.takeOrders())
            leave(bench, count)
            told += count
            #expect(bench.core.cancelRebalance(pool: "main", at: bench.now) == .cancelled)
        }
        #expect((25...30).contains(told))
    }

    @Test("once, as fast as the operator wants, over reloads and until the end; then as the file says")
    func wished() {
        var wish = RebalanceWish()
        #expect(wish.set("share", to: "60%") == nil && wish.set("interval", to: "20s") == nil)
        let settings = keptPool(2, check: nil) { $0.rebalance = RebalanceSettings(sharePercent: 6, interval: .seconds(10)) }
        let bench = KeeperBench(settings)
        load(bench, 0, 600)
        #expect(bench.core.rebalanceOnce(pool: "main", wish, at: bench.now) == .begun)
        bench.pass(seconds: 1)
        #expect(closed(bench.hands.takeOrders()) == 120)
        bench.adopt(settings)
        bench.pass(seconds: 18)
        #expect(bench.hands.takeOrders() == [])
        bench.pass(seconds: 2)
        #expect(closed(bench.hands.takeOrders()) == 120)
        // What a later wish does not name stays as it is.
        var slower = RebalanceWish()
        #expect(slower.set("share", to: "10") == nil && slower.set("threshold", to: "1.3") == nil)
        #expect(bench.core.rebalanceOnce(pool: "main", slower, at: bench.now) == .begun)
        _ = bench.hands.takeOrders()
        let line = bench.lines("pool_rebalance").last ?? ""
        #expect(line.contains("\"share\":10,\"interval\":20.0") && line.contains("\"threshold\":1.3,"))
        bench.pass(seconds: 10)
        #expect(closed(bench.hands.takeOrders()) <= 1)
        bench.pass(seconds: 12)
        #expect((19...20).contains(closed(bench.hands.takeOrders())))
        #expect(bench.core.cancelRebalance(pool: "main", at: bench.now) == .cancelled)
        _ = bench.hands.takeOrders()
        bench.pass(seconds: 10)
        #expect((1...6).contains(closed(bench.hands.takeOrders())))
    }

    @Test("once, and the pool is not done while clients are on their way, though nobody need close any more")
    func onTheirWay() {
        var wish = RebalanceWish()
        #expect(wish.set("share", to: "100") == nil && wish.set("interval", to: "10s") == nil)
        let bench = KeeperBench(keptPool(2, check: nil))
        load(bench, 0, 60)
        #expect(bench.core.rebalanceOnce(pool: "main", wish, at: bench.now) == .begun)
        bench.pass(seconds: 1)
        var told = 0
        for _ in 0..<5 {
            let count = closed(bench.hands.takeOrders())
            leave(bench, count)
            told += count
            bench.pass(seconds: 10)
        }
        #expect(told == 30 && bench.hands.takeOrders() == [] && endings(bench).isEmpty)
        load(bench, 1, 30)
        bench.pass(seconds: 10)
        #expect(endings(bench).first?.contains("\"reason\":\"done\"") == true)
    }

    @Test("plain requests and event streams at a backend are no tunnels: they neither count nor are told to go")
    func others() {
        let bench = KeeperBench(keptPool(2, check: nil))
        for _ in 0..<500 { bench.registry.backend(pool: "main", label: KeeperBench.label(0)).acquire() }
        load(bench, 1, 400)
        #expect(bench.core.rebalanceOnce(pool: "main", at: bench.now) == .begun)
        bench.pass(seconds: 1)
        let orders = bench.hands.takeOrders()
        #expect(closed(orders) > 0 && orders.allSatisfy { $0.hasPrefix("9002") })
    }

    @Test("shares come out whole and never above what is there", arguments: [
        ([3, 1], 2, [2, 0]), ([1, 1, 1], 2, [1, 1, 0]), ([0, 5], 9, [0, 5]), ([0, 0], 3, [0, 0]), ([7], 0, [0]), ([-1, 4], 4, [0, 4]),
    ] as [([Int], Int, [Int])])
    func shares(_ amounts: [Int], _ count: Int, _ expected: [Int]) {
        #expect(KeeperCore.divide(count, like: amounts) == expected)
    }
}
