import Routing
import Settings

/// A route of one snapshot, with its pool and the counters of each of its backends.
final class RouteRuntime: Sendable {
    /// What makes a route the same one after a reload: what it matches, not what it is called.
    struct Identity: Hashable, Sendable {
        let host: HostPattern
        let path: PathPattern
        let listeners: Set<String>?
    }

    let name: String
    let identity: Identity
    let pool: PoolRuntime
    let meter: RouteMeter
    /// In the order of `pool.backends`.
    let tunnels: [TunnelMeter]

    init(_ settings: RouteSettings, pool: PoolRuntime, registry: MeterRegistry) {
        name = settings.name
        identity = Identity(host: settings.host, path: settings.path, listeners: settings.listeners.map { Set($0) })
        self.pool = pool
        meter = registry.route(settings.name)
        tunnels = pool.backends.map {
            registry.tunnel(route: settings.name, pool: pool.name, backend: $0.key.backend)
        }
    }
}
