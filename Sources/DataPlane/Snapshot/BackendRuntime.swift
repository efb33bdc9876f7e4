import Balancing
import Settings
import TLS
import Transport

/// A member of a pool: where it is, what it may carry, and the count of what it carries on all workers.
final class BackendRuntime: Sendable {
    let key: BackendKey
    private let settings: BackendSettings
    let addresses: [SocketAddress]
    let identity: BackendIdentity?
    /// What the configuration says of it; how it stands is in `condition`.
    let facts: BackendFacts
    let zone: String?
    /// What `host: backend` writes: host and port, the port left out where the scheme implies it.
    let hostField: [UInt8]
    /// Found again after a reload by pool and label, so that what was balanced before still counts.
    let meter: BackendMeter
    /// Found again in the same way. Written by the control plane.
    let condition: BackendCondition

    init(_ settings: BackendSettings, pool: String, prepared: PreparedBackend, registry: MeterRegistry) {
        self.settings = settings
        key = BackendKey(pool: pool, backend: settings.label)
        addresses = prepared.addresses
        identity = prepared.identity
        facts = BackendFacts(
            weight: settings.weight, isAvailable: !prepared.addresses.isEmpty, maxConnections: settings.maxConnections,
            tier: BackendFacts.tier(priority: settings.priority, isBackup: settings.isBackup))
        zone = settings.zone
        hostField = Array(settings.authority.utf8)
        meter = registry.backend(pool: pool, label: settings.label)
        condition = registry.condition(pool: pool, label: settings.label)
    }

    /// Whether one made of these would be the same. Certificates that were read anew count as others.
    func isMade(of settings: BackendSettings, _ prepared: PreparedBackend) -> Bool {
        var same = settings
        same.source = self.settings.source
        return same == self.settings && identity === prepared.identity
            && addresses.map(\.description) == prepared.addresses.map(\.description)
    }
}
