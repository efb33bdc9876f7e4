import Balancing
import DataPlane
import Session
import Settings

/// Rebalancing by closing what the fullest backends have too many of.
extension KeeperCore {
    /// One look at the pool. Tunnels are counted, and closed, and nothing else: event streams and answers stay where they are.
    func rebalance(_ pool: PoolKeeping, at now: UInt64) {
        guard let rules = pool.rebalanceRules else {
            pool.nextLook = .max
            return
        }
        let tunnels = registry.tunnelsPerWorker(ofPool: pool.name)
        var rebalance = pool.rebalance
        let wasMending = rebalance.isMending
        let counts = rebalance.look(at: now, members(of: pool, tunnels, at: now))
        pool.nextLook = now &+ max(1_000_000, rules.interval)
        let hasEnded = wasMending && !rebalance.isMending
        if waitsForTaker(pool, rebalance, at: now) {
            rebalance.begin()
            pool.nextLook = min(pool.nextLook, now &+ Self.takerLook)
        }
        pool.rebalance = rebalance
        for (backend, count) in zip(pool.backends, counts) where count > 0 {
            let parts = Self.divide(count, like: tunnels[backend.key.backend] ?? [])
            hands.shed(ShedOrder(backend.condition, .part(parts, within: rules.interval), cause: .rebalance))
            backend.hasTold = true
            pool.once?.told += parts.reduce(0, +)
        }
        // Nobody takes them any more: whose moment has not come may stay.
        if hasEnded { spare(pool) }
        endOnceIfOver(pool, at: now)
    }

    /// Those that rebalancing told to close and that are still there may live.
    func spare(_ pool: PoolKeeping) {
        for backend in pool.backends where backend.hasTold {
            backend.hasTold = false
            // Before the order: workers may be quicker than this thread.
            if backend.shedding == nil { pool.once?.told -= backend.condition.tunnelsLeaving }
            hands.shed(ShedOrder(backend.condition, .calledOff, cause: .rebalance))
        }
    }

    /// Those that get connections as things stand: of the first tier that has any, and of the proxy's own zone if it has some there.
    ///
    /// - Parameter tunnels: of each backend by its label, worker by worker.
    private func members(of pool: PoolKeeping, _ tunnels: [String: [Int]], at now: UInt64) -> [Rebalance.Member] {
        let open = pool.backends.filter { $0.condition.isInService && !Self.isFull($0) }
        let tier = open.map(\.tier).min()
        let zone = self.zone
        let hasLocal = zone != nil && open.contains { $0.tier == tier && $0.settings.zone == zone }
        let slowStart = pool.settings.slowStart.map { SlowStart($0) } ?? SlowStart()
        return pool.backends.map { backend in
            let condition = backend.condition
            let takesNew =
                condition.isInService && backend.tier == tier && (!hasLocal || backend.settings.zone == zone)
            let here = (tunnels[backend.key.backend] ?? []).reduce(0, +)
            // Event streams may be among them.
            let leaving = min(condition.tunnelsLeaving, max(0, here))
            return Rebalance.Member(
                load: here - leaving, leaving: leaving, weight: backend.settings.weight, ramp: condition.ramp(slowStart, now: now),
                takesNew: takesNew, isFull: Self.isFull(backend))
        }
    }

    private static func isFull(_ backend: BackendKeeping) -> Bool {
        backend.settings.maxConnections.map { backend.meter.live >= $0 } ?? false
    }

    /// Shares `count` out in proportion to `amounts`; what rounding leaves goes to the largest.
    static func divide(_ count: Int, like amounts: [Int]) -> [Int] {
        let total = amounts.reduce(0) { $0 + max(0, $1) }
        guard total > 0, count > 0 else { return amounts.map { _ in 0 } }
        let wanted = min(count, total)
        var parts = amounts.map { Int(Double(wanted) * Double(max(0, $0)) / Double(total)) }
        var left = wanted - parts.reduce(0, +)
        let order = amounts.indices.sorted { (amounts[$0] - parts[$0], $1) > (amounts[$1] - parts[$1], $0) }
        for index in order where left > 0 && parts[index] < amounts[index] {
            parts[index] += 1
            left -= 1
        }
        return parts
    }
}
