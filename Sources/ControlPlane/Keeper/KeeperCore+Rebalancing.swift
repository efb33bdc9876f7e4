import Balancing
import DataPlane
import Session
import Settings

/// Rebalancing by closing what the fullest backends have too many of.
extension KeeperCore {
    /// So many looks in vain end what the operator asked for.
    private static let mostInVain = 12

    /// One look at the pool. Tunnels are counted, and closed, and nothing else: event streams and answers stay where they are.
    func rebalance(_ pool: PoolKeeping, at now: UInt64) {
        guard var rebalance = pool.rebalance else {
            pool.nextLook = .max
            return
        }
        let tunnels = registry.tunnelsPerWorker(ofPool: pool.name)
        let counts = rebalance.look(at: now, members(of: pool, tunnels, at: now))
        pool.rebalance = rebalance
        pool.nextLook = now &+ max(1_000_000, rebalance.rules.interval)
        for (backend, count) in zip(pool.backends, counts) where count > 0 {
            let parts = Self.divide(count, like: tunnels[backend.key.backend] ?? [])
            hands.shed(ShedOrder(backend.condition, .part(parts, within: rebalance.rules.interval), cause: .rebalance))
            pool.once?.told += parts.reduce(0, +)
        }
        if !rebalance.isMending {
            endOnce(pool, "done", at: now)
        } else if rebalance.looksInVain >= Self.mostInVain {
            endOnce(pool, "no progress", at: now)
        }
    }

    // MARK: Once

    /// Mends a pool once, lopsided enough or not. It ends when it is level or when that is to no avail, and at a reload after which
    /// clients come back to where they were.
    ///
    /// - Parameter wish: how fast and how far, where that is not to be as the file says. It holds until the end, or until
    ///   another one comes.
    func rebalanceOnce(pool name: String, _ wish: RebalanceWish = RebalanceWish(), at now: UInt64) -> RebalanceAnswer {
        guard let pool = pool(name) else { return .noPool }
        guard !pool.isBound else { return .refused }
        pool.once = pool.once ?? PoolKeeping.Once(began: now)
        pool.once?.wish = wish
        let rules = pool.rebalanceRules ?? RebalanceRules()
        var rebalance = pool.rebalance ?? Rebalance(rules: rules)
        rebalance.rules = rules
        rebalance.begin()
        pool.rebalance = rebalance
        pool.nextLook = now
        log.emit(.info, "pool_rebalance") { line in
            line.field("pool", name)
            line.field("reason", "admin")
            line.field("share", Int(rules.sharePerMinute))
            line.seconds("interval", nanoseconds: rules.interval)
        }
        return .begun
    }

    /// Takes back what ``rebalanceOnce(pool:at:)`` began; tunnels that were told to close already close.
    func cancelRebalance(pool name: String, at now: UInt64) -> RebalanceAnswer {
        guard let pool = pool(name) else { return .noPool }
        guard pool.once != nil else { return .notBegun }
        endOnce(pool, "admin", at: now)
        return .cancelled
    }

    /// A pool that is rebalanced by its configuration begins anew when it is lopsided.
    func endOnce(_ pool: PoolKeeping, _ reason: StaticString, at now: UInt64) {
        guard let once = pool.once else { return }
        pool.once = nil
        pool.rebalance?.cancel()
        adoptRebalancing(pool, at: now)
        log.emit(.info, "pool_rebalance_ended") { line in
            line.field("pool", pool.name)
            line.field("reason", reason)
            line.field("tunnels", once.told)
            line.seconds("duration", nanoseconds: now > once.began ? now - once.began : 0)
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
            return Rebalance.Member(
                load: (tunnels[backend.key.backend] ?? []).reduce(0, +) - condition.tunnelsLeaving,
                weight: max(1, backend.settings.weight) * condition.ramp(slowStart, now: now), takesNew: takesNew,
                isFull: Self.isFull(backend))
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

/// What became of the wish to rebalance, or to do so no longer.
package enum RebalanceAnswer: Sendable, Equatable {
    case begun
    case noPool
    /// The pool's clients come back to where they were: `hash`, or a sticky cookie.
    case refused
    case cancelled
    /// There is nothing to cancel.
    case notBegun
}
