import Balancing
import DataPlane
import Session
import Settings

/// Rebalancing by closing what the fullest backends have too many of.
extension KeeperCore {
    /// One look at the pool.
    func rebalance(_ pool: PoolKeeping, at now: UInt64) {
        guard var rebalance = pool.rebalance else {
            pool.nextLook = .max
            return
        }
        let counts = rebalance.look(at: now, members(of: pool, at: now))
        pool.rebalance = rebalance
        pool.nextLook = now &+ max(1_000_000, rebalance.rules.interval)
        for (backend, count) in zip(pool.backends, counts) where count > 0 {
            let parts = Self.divide(count, like: registry.tunnelsPerWorker(of: backend.key))
            hands.shed(ShedOrder(backend.condition, .part(parts, within: rebalance.rules.interval), cause: .rebalance))
        }
        if !rebalance.isMending { endOnce(pool) }
    }

    /// Mends a pool once, lopsided enough or not.
    func rebalanceOnce(pool name: String, at now: UInt64) -> RebalanceAnswer {
        guard let pool = pool(name) else { return .noPool }
        // Their clients would come back to where they were.
        guard pool.settings.balance != .hash, pool.settings.sticky == nil else { return .refused }
        if pool.rebalance == nil {
            pool.rebalance = Rebalance(rules: pool.settings.rebalance.map { RebalanceRules($0) } ?? RebalanceRules())
            pool.rebalancesOnce = true
        }
        pool.rebalance?.begin()
        pool.nextLook = now
        log.emit(.info, "pool_rebalance") { line in
            line.field("pool", name)
            line.field("reason", "admin")
        }
        return .begun
    }

    private func endOnce(_ pool: PoolKeeping) {
        guard pool.rebalancesOnce else { return }
        pool.rebalancesOnce = false
        guard pool.settings.rebalance == nil else { return }
        (pool.rebalance, pool.nextLook) = (nil, .max)
    }

    /// Those that get connections as things stand: of the first tier that has any, and of the proxy's own zone if it has some there.
    private func members(of pool: PoolKeeping, at now: UInt64) -> [Rebalance.Member] {
        let open = pool.backends.filter { $0.condition.isInService && !Self.isFull($0) }
        let tier = open.map(\.tier).min()
        let zone = self.zone
        let hasLocal = zone != nil && open.contains { $0.tier == tier && $0.settings.zone == zone }
        let slowStart = pool.settings.slowStart.map { SlowStart($0) } ?? SlowStart()
        return pool.backends.map { backend in
            let condition = backend.condition
            let takesNew =
                condition.isInService && !Self.isFull(backend) && backend.tier == tier
                && (!hasLocal || backend.settings.zone == zone)
            return Rebalance.Member(
                load: backend.meter.live - condition.tunnelsLeaving,
                weight: max(1, backend.settings.weight) * condition.ramp(slowStart, now: now), takesNew: takesNew)
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

/// What became of the wish to rebalance.
package enum RebalanceAnswer: Sendable, Equatable {
    case begun
    case noPool
    /// The pool's clients come back to where they were: `hash`, or a sticky cookie.
    case refused
}
