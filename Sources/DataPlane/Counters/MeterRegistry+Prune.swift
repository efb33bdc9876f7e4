/// Forgetting what is no longer configured.
extension MeterRegistry.State {
    /// Drops meters that are not configured, that count nothing open, and that nobody but this registry holds.
    ///
    /// The last condition protects a worker that has looked a meter up in its snapshot and is about to count with it.
    mutating func prune() {
        guard let configured else { return }
        Self.drop(&backends, keep: { configured.backends.contains($0) }, isActive: { $0.live != 0 })
        let (kept, meters) = (configured.backends, backends)
        Self.drop(&conditions, keep: { kept.contains($0) || meters[$0] != nil }, isActive: { $0.dialsInFlight != 0 })
        Self.drop(&tunnels, keep: { configured.tunnels.contains($0) }, isActive: { $0.active != 0 })
        Self.drop(&routes, keep: { configured.routes.contains($0) }, isActive: { _ in false })
        Self.drop(&listeners, keep: { configured.listeners.contains($0) }, isActive: { $0.active != 0 })
    }

    /// Whether a pool has series to show: it is configured, or something of it is still open.
    func shows(pool: String) -> Bool {
        guard let configured, !configured.pools.contains(pool) else { return true }
        return tunnels.values.contains { $0.key.pool == pool && $0.active != 0 }
            || backends.values.contains { $0.key.pool == pool && $0.live != 0 }
    }

    /// Whether a backend has series to show. Its meter may stay for longer: a tunnel to another backend holds the snapshot it came with.
    func shows(_ backend: BackendMeter) -> Bool {
        configured?.backends.contains(backend.key) ?? true || backend.live != 0
    }

    /// The same of a route's tunnels to a backend.
    func shows(_ tunnel: TunnelMeter) -> Bool {
        configured?.tunnels.contains(tunnel.key) ?? true || tunnel.active != 0
    }

    private static func drop<Key: Hashable, Meter: AnyObject>(
        _ meters: inout [Key: Meter], keep: (Key) -> Bool, isActive: (Meter) -> Bool
    ) {
        for key in meters.keys.filter({ !keep($0) }) {
            guard var meter = meters.removeValue(forKey: key) else { continue }
            if isActive(meter) || !isKnownUniquelyReferenced(&meter) { meters[key] = meter }
        }
    }
}
