import Balancing
import DataPlane
import Session
import Settings

/// Publishing what the machines say, and acting on it.
extension KeeperCore {
    /// Called after everything that may have changed how a backend of the pool stands.
    ///
    /// - Parameter isFirst: the proxy starts: nobody is colder than the others.
    func settle(_ pool: PoolKeeping, at now: UInt64, isFirst: Bool = false) {
        for backend in pool.backends { publish(backend, of: pool) }
        if let events = pool.ejection?.tick(at: now, isAvailable: pool.isAvailable), !events.isEmpty {
            for event in events { tell(event, in: pool, at: now) }
            for backend in pool.backends { publish(backend, of: pool) }
        }
        var hasChanged = false
        for backend in pool.backends where noteService(backend, of: pool, at: now, isFirst: isFirst) { hasChanged = true }
        // Who waits for a place hears of it, who came first before the others.
        if hasChanged { pool.meter.places.placeMayBeFree() }
        pool.meter.isInPanic = isInPanic(pool)
        for backend in pool.backends { shedAsWanted(backend, of: pool, at: now) }
    }

    func publish(_ backend: BackendKeeping, of pool: PoolKeeping) {
        let condition = backend.condition
        condition.isChecked = backend.tracker != nil
        condition.startsDown = backend.tracker?.rules.start == .down
        condition.health = backend.tracker.map { BackendCondition.Health($0.state) } ?? .unknown
        condition.saysDraining = backend.tracker?.isDraining ?? false
        let standing = pool.ejection?.standing(of: backend.key.backend)
        condition.isEjected = standing?.isEjected ?? false
        condition.isOnProbation = standing == .probation
        condition.slowStart = pool.settings.slowStart.map { SlowStart($0) } ?? SlowStart()
    }

    /// Whoever comes into service, new or again, starts slowly.
    /// - Returns: whether it has come into service, or out of it.
    private func noteService(_ backend: BackendKeeping, of pool: PoolKeeping, at now: UInt64, isFirst: Bool) -> Bool {
        let isInService = backend.condition.isInService
        guard isInService != backend.wasInService else { return false }
        backend.wasInService = isInService
        if isInService { backend.hasServed = true }
        backend.changedAt = now
        if isInService, !isFirst, pool.settings.slowStart != nil { backend.condition.beganSlowly(at: now) }
        return true
    }

    /// As the choice sees it: in every tier that has ready backends too few of them are well.
    private func isInPanic(_ pool: PoolKeeping) -> Bool {
        let percent = min(max(0, pool.settings.panicPercent), 100)
        var tiers: [Int: (ready: Int, well: Int)] = [:]
        for backend in pool.backends where backend.condition.takesNew {
            tiers[backend.tier, default: (0, 0)].ready += 1
            if !backend.condition.isSuspect { tiers[backend.tier, default: (0, 0)].well += 1 }
        }
        return percent > 0 && !tiers.isEmpty && tiers.values.allSatisfy { $0.well * 100 < percent * $0.ready }
    }

    // MARK: Draining

    /// Begins or calls off closing a backend's tunnels, whichever its state asks for.
    private func shedAsWanted(_ backend: BackendKeeping, of pool: PoolKeeping, at now: UInt64) {
        guard let cause = cause(backend, of: pool) else { return callOff(backend) }
        let pace = pool.settings.drain
        // A new pace is a new order, for those as well that have their moment by the old one.
        if backend.shedding != nil, backend.pace != pace { callOff(backend) }
        guard backend.shedding == nil else { return }
        backend.shedding = cause
        backend.pace = pace
        backend.sheddingSince = now
        backend.isEmptied = false
        backend.condition.beginsToShed()
        hands.shed(ShedOrder(backend.condition, .all(DrainPace(pace), from: now), cause: cause))
    }

    /// Why its tunnels are to be closed; nil when they are not. In panic nobody's are for being down: new ones go there all the same.
    private func cause(_ backend: BackendKeeping, of pool: PoolKeeping) -> CloseReason.Cause? {
        if !backend.condition.takesNew { return .backendDrain }
        let isDown = backend.condition.health == .down || backend.condition.isEjected
        return isDown && pool.settings.whenDown == .close && !pool.meter.isInPanic ? .backendDown : nil
    }

    /// Those that were told to close and are still there may live.
    func callOff(_ backend: BackendKeeping) {
        guard let cause = backend.shedding else { return }
        backend.shedding = nil
        hands.shed(ShedOrder(backend.condition, .calledOff, cause: cause))
    }

    /// One line when a drain has emptied a backend.
    func noteEmptied(_ pool: PoolKeeping, at now: UInt64) {
        for backend in pool.backends where backend.shedding != nil && !backend.isEmptied && backend.meter.live <= 0 {
            backend.isEmptied = true
            tell(.info, "backend_drained", backend) { line in
                line.field("tunnels", backend.condition.tunnelsTold)
                line.seconds("duration", nanoseconds: now > backend.sheddingSince ? now - backend.sheddingSince : 0)
            }
        }
    }

    // MARK: The operator

    /// - Returns: false when there is no such backend.
    func setState(_ state: BackendCondition.Administrative, backend label: String, pool name: String, at now: UInt64) -> Bool {
        guard let pool = pool(name), let backend = pool.backend(label) else { return false }
        words.say(state, of: backend.key, file: backend.settings.state)
        setState(state, of: backend, reason: "admin", at: now)
        if state != .maint, backend.tracker == nil, backend.target != nil, let check = pool.settings.check {
            startChecking(backend, CheckRules(check), at: now)
        }
        settle(pool, at: now)
        return true
    }

    /// The word alone; what follows from it is settled later. Nothing is known of one in maintenance.
    func setState(_ state: BackendCondition.Administrative, of backend: BackendKeeping, reason: StaticString, at now: UInt64) {
        let former = backend.condition.administrative
        guard state != former else { return }
        backend.condition.administrative = state
        if state == .maint { stopChecking(backend) }
        tell(state, of: backend, insteadOf: former, reason: reason)
    }

    func tell(
        _ state: BackendCondition.Administrative, of backend: BackendKeeping, insteadOf former: BackendCondition.Administrative,
        reason: StaticString
    ) {
        tell(.info, "backend_state", backend) { line in
            line.field("state", state.text)
            line.field("from", former.text)
            line.field("reason", reason)
        }
    }
}
