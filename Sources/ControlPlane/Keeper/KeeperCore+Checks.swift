import Balancing
import DataPlane
import Session
import Telemetry

/// Checks: when they begin, and what their results change.
extension KeeperCore {
    /// The runner ends each check by its deadline, and what waits for its turn there longer than this is not waited for.
    private static let patience: UInt64 = 600_000_000_000

    func startChecking(_ backend: BackendKeeping, _ rules: CheckRules, at now: UInt64) {
        backend.tracker = HealthTracker(rules: rules, at: now)
        backend.lastFailure = ""
        planCheck(backend, after: now)
    }

    /// What is under way has no result any more, and nothing is planned.
    private func giveUpCheck(_ backend: BackendKeeping) {
        backend.turn.cancel()
        backend.unheardSince = nil
        guard let check = backend.check else { return }
        checks[check.id] = nil
        backend.check = nil
        hands.cancelCheck(id: check.id)
    }

    /// The backend is to be asked elsewhere, or otherwise: what is under way would be no verdict on it.
    func restartCheck(_ backend: BackendKeeping, at now: UInt64) {
        let since = backend.unheardSince ?? backend.checkBegan
        giveUpCheck(backend)
        backend.unheardSince = since
        backend.turn.plan(for: now)
    }

    /// What is under way has no result any more, and the state is unknown.
    func stopChecking(_ backend: BackendKeeping) {
        giveUpCheck(backend)
        backend.tracker = nil
        backend.lastFailure = ""
    }

    func planCheck(_ backend: BackendKeeping, after moment: UInt64) {
        guard let next = backend.tracker?.nextCheck(after: moment, using: &random) else { return }
        backend.turn.plan(for: next)
    }

    func beginChecks(_ pool: PoolKeeping, at now: UInt64) {
        for backend in pool.backends {
            if backend.turn.expire(at: now) != nil {
                // It says nothing of the backend.
                giveUpCheck(backend)
                planCheck(backend, after: now)
            }
            guard let target = backend.target, let number = backend.turn.begin(at: now, timeout: Self.patience) else { continue }
            let id = newID()
            backend.checkBegan = now
            guard hands.beginCheck(id: id, target: target) else {
                _ = backend.turn.end(number)
                planCheck(backend, after: now)
                continue
            }
            backend.check = (id, number)
            checks[id] = (pool, backend)
        }
    }

    /// A result came. One of a check that is no longer wanted is ignored.
    func ended(_ result: CheckResult, at now: UInt64) {
        guard let (pool, backend) = checks.removeValue(forKey: result.id), let check = backend.check, check.id == result.id,
            backend.turn.end(check.number)
        else { return }
        backend.check = nil
        backend.unheardSince = nil
        backend.meter.checked(Self.label(result.outcome))
        pool.meter.checkDuration(nanoseconds: result.nanoseconds)
        let events = count(result, for: backend, at: now)
        planCheck(backend, after: backend.checkBegan)
        guard !events.isEmpty else { return }
        for event in events { tell(event, of: backend) }
        settle(pool, at: now)
    }

    private func count(_ result: CheckResult, for backend: BackendKeeping, at now: UInt64) -> [HealthEvent] {
        switch result.outcome {
        case .passed:
            backend.lastFailure = ""
            return backend.tracker?.checkPassed(at: now) ?? []
        case .draining:
            backend.lastFailure = ""
            return backend.tracker?.checkSaidDraining(at: now) ?? []
        case .failed(let failure):
            // What this machine lacks says nothing of the backend.
            if failure.isOurs { return [] }
            let label = "\(failure.label)"
            // Some details say all there is to say.
            let words = result.detail.hasPrefix(label) ? [result.detail] : [label, result.detail]
            backend.lastFailure = words.filter { !$0.isEmpty }.joined(separator: ": ")
            return backend.tracker?.checkFailed(at: now) ?? []
        }
    }

    private static func label(_ outcome: CheckOutcome) -> CheckResultLabel {
        switch outcome {
        case .passed: .passed
        case .draining: .draining
        case .failed(let failure): failure.isOurs ? .shortage : .failed
        }
    }

    private func tell(_ event: HealthEvent, of backend: BackendKeeping) {
        switch event {
        case .wentUp(let former): tell(.info, "backend_up", backend) { $0.field("from", former.rawValue) }
        case .wentDown(let former):
            tell(.warn, "backend_down", backend) { line in
                line.field("from", former.rawValue)
                line.field("reason", backend.lastFailure)
            }
        case .drainBegan: tell(.info, "backend_draining", backend) { $0.field("reason", "health answer") }
        case .drainEnded: tell(.info, "backend_draining_ended", backend) { $0.field("reason", "health answer") }
        }
    }

    /// One line about a backend.
    func tell(
        _ level: LogLevel, _ event: StaticString, _ backend: BackendKeeping, _ fill: (inout LogLine) -> Void = { _ in }
    ) {
        log.emit(level, event) { line in
            line.field("pool", backend.key.pool)
            line.field("backend", backend.key.backend)
            fill(&line)
        }
    }
}
