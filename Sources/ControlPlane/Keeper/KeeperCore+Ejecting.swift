import Balancing
import DataPlane

/// Ejection by what live traffic sees.
extension KeeperCore {
    /// Reports of the workers, oldest first. Those about pools without ejection, or about backends that are gone, are ignored.
    func heard(_ reports: [PassiveReport]) {
        for report in reports {
            guard let pool = pool(report.backend.pool), pool.ejection != nil, let backend = pool.backend(report.backend.backend)
            else { continue }
            switch report.kind {
            case .failed: failed(backend, in: pool, at: report.at)
            case .succeeded: succeeded(backend, in: pool, at: report.at)
            }
        }
    }

    private func failed(_ backend: BackendKeeping, in pool: PoolKeeping, at now: UInt64) {
        backend.condition.wasUnwell = true
        guard let event = pool.ejection?.failed(backend.key.backend, at: now, isAvailable: pool.isAvailable) else { return }
        tell(event, in: pool, at: now)
        settle(pool, at: now)
    }

    private func succeeded(_ backend: BackendKeeping, in pool: PoolKeeping, at now: UInt64) {
        let event = pool.ejection?.succeeded(backend.key.backend, at: now)
        if let event {
            tell(event, in: pool, at: now)
            publish(backend, of: pool)
        }
        // On probation further successes count.
        if pool.ejection?.standing(of: backend.key.backend) == .well { backend.condition.wasUnwell = false }
    }

    func tell(_ event: EjectionTracker<String>.Event, in pool: PoolKeeping, at now: UInt64) {
        switch event {
        case .ejected(let label, let until):
            guard let backend = pool.backend(label) else { return }
            backend.meter.ejected()
            tell(.warn, "backend_ejected", backend) { line in
                line.field("reason", "live traffic failed")
                line.seconds("duration", nanoseconds: until > now ? until - now : 0)
            }
        case .spared(let label):
            guard let backend = pool.backend(label) else { return }
            tell(.debug, "backend_spared", backend) { $0.field("reason", "too few would be left") }
        case .readmitted(let label):
            guard let backend = pool.backend(label) else { return }
            tell(.info, "backend_readmitted", backend) { $0.field("reason", "on probation") }
        case .recovered(let label):
            guard let backend = pool.backend(label) else { return }
            tell(.info, "backend_recovered", backend)
        }
    }
}
