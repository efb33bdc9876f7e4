import Settings

/// A route of one snapshot, with its pool and the counters of each of its backends.
final class RouteRuntime: Sendable {
    let name: String
    let pool: PoolRuntime
    let meter: RouteMeter
    /// In the order of `pool.backends`.
    let tunnels: [TunnelMeter]

    init(_ settings: RouteSettings, pool: PoolRuntime, registry: MeterRegistry) {
        name = settings.name
        self.pool = pool
        meter = registry.route(settings.name)
        tunnels = pool.backends.map {
            registry.tunnel(route: settings.name, pool: pool.name, backend: $0.key.backend)
        }
    }
}
