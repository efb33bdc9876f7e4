import DataPlane
import Settings

/// A pool as a configuration describes it: what the keeper is given.
struct KeptPool: Sendable {
    let settings: PoolSettings
    /// In the order of the pool; one without a prepared form takes no part in anything, and is left out.
    let backends: [Member]

    struct Member: Sendable {
        let settings: BackendSettings
        let prepared: PreparedBackend
    }

    init(_ settings: PoolSettings, prepared: [BackendKey: PreparedBackend]) {
        self.settings = settings
        backends = settings.backends.compactMap { backend in
            prepared[BackendKey(pool: settings.name, backend: backend.label)].map { Member(settings: backend, prepared: $0) }
        }
    }

    static func all(of snapshot: Snapshot) -> [KeptPool] {
        let prepared = snapshot.preparedBackends
        return snapshot.settings.pools.map { KeptPool($0, prepared: prepared) }
    }
}
