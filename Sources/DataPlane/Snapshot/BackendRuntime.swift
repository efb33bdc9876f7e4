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
    let facts: BackendFacts
    /// What `host: backend` writes: host and port, the port left out where the scheme implies it.
    let hostField: [UInt8]
    /// Found again after a reload by pool and label, so that what was balanced before still counts.
    let meter: BackendMeter

    init(_ settings: BackendSettings, pool: String, prepared: PreparedBackend, registry: MeterRegistry) {
        self.settings = settings
        key = BackendKey(pool: pool, backend: settings.label)
        addresses = prepared.addresses
        identity = prepared.identity
        facts = BackendFacts(weight: settings.weight, maxConnections: settings.maxConnections)
        hostField = Array(Self.hostField(settings).utf8)
        meter = registry.backend(pool: pool, label: settings.label)
    }

    /// Whether one made of these would be the same. Certificates that were read anew count as others.
    func isMade(of settings: BackendSettings, _ prepared: PreparedBackend) -> Bool {
        var same = settings
        same.source = self.settings.source
        return same == self.settings && addresses.map(\.description) == prepared.addresses.map(\.description) && identity === prepared.identity
    }

    private static func hostField(_ settings: BackendSettings) -> String {
        guard settings.unixPath == nil else { return "localhost" }
        let implied: UInt16 = settings.scheme.isEncrypted ? 443 : 80
        guard settings.port == implied else { return settings.label }
        return settings.host.contains(":") ? "[\(settings.host)]" : settings.host
    }
}
