/// What the keeper needs of a snapshot.
extension Snapshot {
    /// Every backend of every pool, as it is dialled.
    public var preparedBackends: [BackendKey: PreparedBackend] {
        var prepared: [BackendKey: PreparedBackend] = [:]
        for pool in pools.values {
            for backend in pool.backends {
                prepared[backend.key] = PreparedBackend(addresses: backend.addresses, identity: backend.identity)
            }
        }
        return prepared
    }
}
