import Balancing
import DataPlane
import Settings

extension KeeperCore {
    /// How everything stands, in the order of the configuration.
    func views(at now: UInt64) -> [PoolView] {
        pools.map { pool in
            PoolView(
                name: pool.name, balance: pool.settings.balance.rawValue, isInPanic: pool.meter.isInPanic,
                isRebalancing: pool.meter.isRebalancing,
                backends: pool.backends.map { view($0, of: pool, at: now) })
        }
    }

    private func view(_ backend: BackendKeeping, of pool: PoolKeeping, at now: UInt64) -> BackendView {
        let condition = backend.condition
        return BackendView(
            label: backend.key.backend, state: condition.label.rawValue, administrative: condition.administrative.text,
            health: backend.tracker?.state.rawValue, isInService: condition.isInService, isEjected: condition.isEjected,
            ejectedSeconds: Self.secondsLeft(pool.ejection?.standing(of: backend.key.backend), at: now),
            isOnProbation: condition.isOnProbation, slowStartRatio: condition.slowStartRatio(at: now), lastFailure: backend.lastFailure,
            live: max(0, backend.meter.live), weight: backend.settings.weight,
            priority: backend.settings.priority, isBackup: backend.settings.isBackup, zone: backend.settings.zone,
            sinceSeconds: Self.seconds(from: backend.changedAt, to: now), draining: draining(backend, at: now))
    }

    private func draining(_ backend: BackendKeeping, at now: UInt64) -> BackendView.Draining? {
        guard backend.shedding != nil else { return nil }
        // Whatever is there keeps it from being empty; those told lag behind by a turn of the workers.
        let left = max(0, backend.meter.live)
        return BackendView.Draining(
            total: max(backend.condition.tunnelsTold, left), left: left, sinceSeconds: Self.seconds(from: backend.sheddingSince, to: now))
    }

    private static func secondsLeft(_ standing: EjectionStanding?, at now: UInt64) -> Double? {
        guard case .ejected(let until) = standing else { return nil }
        return seconds(from: now, to: until)
    }

    private static func seconds(from earlier: UInt64, to later: UInt64) -> Double {
        later > earlier ? (Double(later - earlier) / 1e6).rounded() / 1000 : 0
    }
}
