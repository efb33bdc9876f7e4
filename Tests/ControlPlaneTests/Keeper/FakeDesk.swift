import DataPlane
import Settings

@testable import ControlPlane

/// The pools `main` and `a b`, each with one backend; what it is asked to do is kept.
final class FakeDesk: PoolDesk {
    private let asked = Guarded<[String]>([])
    var words: [String] { asked.withLock { $0 } }

    static let label = "unix:/run/a b.sock"

    func pools() -> [PoolView] {
        ["main", "a b"].map { name in
            let backend = BackendView(
                label: Self.label, state: "down", administrative: "ready", health: "down", isInService: false, isEjected: true,
                ejectedSeconds: 1.5, isOnProbation: false, slowStartRatio: 0.25, lastFailure: "body: \"x\"", live: 3, weight: 2,
                priority: 1, isBackup: true, zone: "z", sinceSeconds: 2,
                draining: BackendView.Draining(total: 5, left: 3, sinceSeconds: 0.25))
            return PoolView(name: name, balance: "hash", backends: [backend])
        }
    }

    func setState(_ state: BackendCondition.Administrative, backend: String, pool: String) -> Bool {
        asked.withLock { $0.append("\(pool) \(backend) \(state.text)") }
        return backend == Self.label && (pool == "main" || pool == "a b")
    }

    func rebalance(pool: String, _ wish: RebalanceWish) -> RebalanceAnswer {
        let wanted = wish.over(RebalanceSettings())
        asked.withLock { $0.append("rebalance \(pool) \(wanted.sharePercent) \(wanted.thresholdPerMille) \(wanted.interval)") }
        return pool == "main" ? .begun : pool == "a b" ? .refused : .noPool
    }

    func cancelRebalance(pool: String) -> RebalanceAnswer {
        asked.withLock { $0.append("cancel \(pool)") }
        return pool == "main" ? .cancelled : pool == "a b" ? .notBegun : .noPool
    }
}
