import Balancing
import DataPlane
import Session
import Settings

/// Rebalancing that the operator asks for once.
extension KeeperCore {
    /// So many looks in vain end it.
    private static let mostInVain = 12
    /// For so long it waits for a backend that takes connections, in nanoseconds: one that has come just now is checked first.
    private static let takerPatience: UInt64 = 60_000_000_000
    /// How often it looks for one.
    static let takerLook: UInt64 = 1_000_000_000

    /// Mends a pool once, lopsided enough or not. It ends when it is level or when that is to no avail, and at a reload after which
    /// clients come back to where they were.
    ///
    /// - Parameter wish: how fast and how far, where that is not to be as the file says. It holds until the end; what a later one
    ///   names comes in its place, and tunnels that have their moment by the former pace get another one.
    func rebalanceOnce(pool name: String, _ wish: RebalanceWish = RebalanceWish(), at now: UInt64) -> RebalanceAnswer {
        guard let pool = pool(name) else { return .noPool }
        guard !pool.isBound else { return .refused }
        let before = pool.rebalanceRules
        var once = pool.once ?? PoolKeeping.Once(began: now)
        once.wish = wish.over(once.wish)
        once.waitsSince = nil
        pool.once = once
        let rules = pool.rebalanceRules ?? RebalanceRules()
        if before != rules { spare(pool) }
        pool.rebalance.rules = rules
        pool.rebalance.begin()
        pool.nextLook = now
        log.emit(.info, "pool_rebalance") { line in
            line.field("pool", name)
            line.field("reason", "admin")
            line.field("threshold", rules.threshold)
            line.field("share", Int(rules.sharePerMinute))
            line.seconds("interval", nanoseconds: rules.interval)
        }
        return .begun
    }

    /// Takes back what ``rebalanceOnce(pool:_:at:)`` began: tunnels whose moment has not come may live.
    func cancelRebalance(pool name: String, at now: UInt64) -> RebalanceAnswer {
        guard let pool = pool(name) else { return .noPool }
        guard pool.once != nil else { return .notBegun }
        endOnce(pool, "admin", at: now)
        return .cancelled
    }

    /// A pool that is rebalanced by its configuration begins anew when it is lopsided.
    func endOnce(_ pool: PoolKeeping, _ reason: StaticString, at now: UInt64) {
        guard pool.once != nil else { return }
        spare(pool)
        guard let once = pool.once else { return }
        pool.once = nil
        pool.rebalance.cancel()
        adoptRebalancing(pool, at: now)
        log.emit(.info, "pool_rebalance_ended") { line in
            line.field("pool", pool.name)
            line.field("reason", reason)
            line.field("tunnels", max(0, once.told))
            line.seconds("duration", nanoseconds: now > once.began ? now - once.began : 0)
        }
    }

    func endOnceIfOver(_ pool: PoolKeeping, at now: UInt64) {
        guard pool.once != nil else { return }
        if !pool.rebalance.isMending {
            endOnce(pool, pool.rebalance.lacksTakers ? "nobody to give to" : "done", at: now)
        } else if pool.rebalance.looksInVain >= Self.mostInVain {
            endOnce(pool, "no progress", at: now)
        }
    }

    /// Whether the end has to wait, for a while: nobody takes connections yet, or a backend that came has not begun to.
    func waitsForTaker(_ pool: PoolKeeping, _ rebalance: Rebalance, at now: UInt64) -> Bool {
        guard let once = pool.once else { return false }
        guard !rebalance.isMending, rebalance.lacksTakers || Self.awaitsNewcomer(pool) else {
            pool.once?.waitsSince = nil
            return false
        }
        let since = once.waitsSince ?? now
        pool.once?.waitsSince = since
        return now < since || now - since < Self.takerPatience
    }

    private static func awaitsNewcomer(_ pool: PoolKeeping) -> Bool {
        let tier = pool.backends.filter { $0.condition.isInService }.map(\.tier).min() ?? .max
        return pool.backends.contains { !$0.hasServed && $0.condition.takesNew && $0.tier <= tier }
    }
}

/// What became of the wish to rebalance, or to do so no longer.
public enum RebalanceAnswer: Sendable, Equatable {
    case begun
    case noPool
    /// The pool's clients come back to where they were: `hash`, or a sticky cookie.
    case refused
    case cancelled
    /// There is nothing to cancel.
    case notBegun
}
