import Balancing
import DataPlane
import Settings

/// A configuration comes into force.
extension KeeperCore {
    /// Takes over a configuration: what stays by pool and label keeps its state. The operator's word on a backend stands until the
    /// file's word changes, also over a while in which the backend is gone.
    func adopt(_ kept: [KeptPool], zone: String? = nil, at now: UInt64) {
        self.zone = zone
        let known = Dictionary(pools.map { ($0.name, $0) }) { first, _ in first }
        let former = pools.flatMap(\.backends)
        let names = Set(kept.map(\.settings.name))
        for pool in pools where !names.contains(pool.name) {
            endOnce(pool, "configuration", at: now)
            pool.rebalance.cancel()
        }
        words.retain(pools: names)
        pools = kept.map { kept in
            let pool = known[kept.settings.name] ?? PoolKeeping(kept.settings, meter: registry.pool(kept.settings.name))
            adopt(kept, into: pool, at: now)
            return pool
        }
        let staying = Set(pools.flatMap { $0.backends.map { ObjectIdentifier($0) } })
        for backend in former where !staying.contains(ObjectIdentifier(backend)) { forget(backend, at: now) }
        for pool in pools { settle(pool, at: now, isFirst: !hasBegun) }
        hasBegun = true
    }

    private func adopt(_ kept: KeptPool, into pool: PoolKeeping, at now: UInt64) {
        let checkBefore = pool.settings.check
        pool.settings = kept.settings
        pool.setBackends(
            kept.backends.map { member in
                let label = member.settings.label
                guard let backend = pool.backend(label) else {
                    return newcomer(member.settings, key: BackendKey(pool: pool.name, backend: label), at: now)
                }
                if backend.settings.state != member.settings.state {
                    words.forget(backend.key)
                    let state = BackendCondition.Administrative(member.settings.state)
                    setState(state, of: backend, reason: "configuration", at: now)
                }
                backend.settings = member.settings
                return backend
            })
        for (backend, member) in zip(pool.backends, kept.backends) {
            let target = kept.settings.check.flatMap {
                CheckTarget($0, of: member.settings, member.prepared, pool: kept.settings)
            }
            adopt(kept.settings.check, target, isSame: checkBefore == kept.settings.check, for: backend, at: now)
        }
        adoptEjection(pool, at: now)
        if pool.isBound { endOnce(pool, "configuration", at: now) }
        adoptRebalancing(pool, at: now)
    }

    /// A backend that is new, or back.
    private func newcomer(_ settings: BackendSettings, key: BackendKey, at now: UInt64) -> BackendKeeping {
        let word = words.isBack(key, file: settings.state, at: now)
        let backend = BackendKeeping(settings, state: word, key: key, registry: registry, at: now)
        if let word {
            tell(word, of: backend, insteadOf: BackendCondition.Administrative(settings.state), reason: "admin, before it went")
        }
        return backend
    }

    private func adopt(
        _ check: CheckSettings?, _ target: CheckTarget?, isSame: Bool, for backend: BackendKeeping, at now: UInt64
    ) {
        let before = backend.target
        backend.target = target
        guard let check, let target else { return stopChecking(backend) }
        if backend.tracker != nil {
            backend.tracker?.rules = CheckRules(check)
            if let before, backend.turn.isRunning, isOutdated(backend, before, target, isSame: isSame, at: now) {
                restartCheck(backend, at: now)
            } else if !isSame {
                planCheck(backend, after: now)
            }
        } else if backend.condition.administrative != .maint {
            startChecking(backend, CheckRules(check), at: now)
        }
    }

    /// Whether the check under way is no verdict on the target that there is now.
    ///
    /// For a name whose addresses change sooner than a check that hangs has its result, there would never be one: once checks
    /// have been given up for as long as one may take, the one under way goes on to its end and counts, wherever it asks.
    private func isOutdated(
        _ backend: BackendKeeping, _ before: CheckTarget, _ target: CheckTarget, isSame: Bool, at now: UInt64
    ) -> Bool {
        guard target.asksLike(before) else { return true }
        guard !target.asksWhere(before) else { return false }
        guard isSame else { return true }
        let since = backend.unheardSince ?? backend.checkBegan
        return now < since || now - since < target.timeout
    }

    private func adoptEjection(_ pool: PoolKeeping, at now: UInt64) {
        guard let settings = pool.settings.ejection else {
            pool.ejection = nil
            return
        }
        let rules = EjectionRules(settings)
        var tracker = pool.ejection ?? EjectionTracker(rules: rules)
        tracker.rules = rules
        tracker.reconcile(pool.backends.map(\.key.backend))
        pool.ejection = tracker
    }

    /// What says how it is rebalanced, or that it is not, has changed.
    func adoptRebalancing(_ pool: PoolKeeping, at now: UInt64) {
        guard let rules = pool.rebalanceRules else {
            pool.rebalance.cancel()
            pool.nextLook = .max
            return spare(pool)
        }
        // Moments that were given by the former rules would stand else, though they be an hour away.
        if pool.rebalance.rules != rules { spare(pool) }
        pool.rebalance.rules = rules
        pool.nextLook = min(pool.nextLook, now &+ rules.interval)
    }

    /// It is no backend any more: its tunnels are the reload's to drain.
    private func forget(_ backend: BackendKeeping, at now: UInt64) {
        words.isGone(backend.key, at: now)
        stopChecking(backend)
        callOff(backend)
    }
}
