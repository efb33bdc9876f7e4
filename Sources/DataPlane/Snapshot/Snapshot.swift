import Routing
import Session
import Settings
import Transport
import Wire

/// Everything that a reload replaces, as one immutable value: the bridge from the control plane to the workers. Each worker
/// holds one snapshot and swaps it between two turns.
package final class Snapshot: Sendable {
    package let settings: Settings
    package let listeners: [PreparedListener]
    /// The label sets that exist by configuration.
    package let configuredNames: ConfiguredNames

    let runtimes: [ListenerRuntime]
    let routes: RouteTable<Int>
    let routeRuntimes: [RouteRuntime]
    let pools: [String: PoolRuntime]
    let rules: TunnelRules
    let headLimits: HeadLimits
    let handshake: Moment.Span
    let connect: Moment.Span
    /// What tunnels this snapshot allows, for finding those that a reload removed.
    private let routePools: [RouteRuntime.Identity: String]

    /// - Parameters:
    ///   - addresses: of each backend, already resolved; a backend without one is left out of its pool.
    ///   - previous: whose places in the pools' rounds are kept.
    package static func build(
        settings: Settings, listeners: [PreparedListener], addresses: [BackendKey: SocketAddress], registry: MeterRegistry,
        previous: Snapshot?
    ) -> Snapshot {
        Snapshot(settings, listeners, addresses, registry, previous)
    }

    private init(
        _ settings: Settings, _ listeners: [PreparedListener], _ addresses: [BackendKey: SocketAddress],
        _ registry: MeterRegistry, _ previous: Snapshot?
    ) {
        self.settings = settings
        self.listeners = listeners
        runtimes = listeners.map { ListenerRuntime($0, registry: registry) }
        var pools: [String: PoolRuntime] = [:]
        for pool in settings.pools {
            let backends = pool.backends.compactMap { backend in
                addresses[BackendKey(pool: pool.name, backend: backend.label)].map {
                    BackendRuntime(backend, pool: pool.name, address: $0, registry: registry)
                }
            }
            let ticket = previous?.pools[pool.name]?.ticket ?? Ticket()
            pools[pool.name] = PoolRuntime(pool, backends: backends, registry: registry, ticket: ticket)
        }
        self.pools = pools
        var runtimes: [RouteRuntime] = []
        var table: [Route<Int>] = []
        for route in settings.routes {
            guard let pool = pools[route.pool] else { continue }
            table.append(
                Route(
                    name: route.name, host: route.host, path: route.path, listeners: route.listeners.map { Set($0) },
                    target: runtimes.count))
            runtimes.append(RouteRuntime(route, pool: pool, registry: registry))
        }
        routeRuntimes = runtimes
        routes = RouteTable(routes: table, listeners: settings.listeners.map(\.name))
        rules = TunnelRules(settings)
        headLimits = HeadLimits(maxHead: settings.limits.maxHead, maxHeaders: settings.limits.maxHeaders)
        handshake = Moment.Span(settings.timeouts.handshake)
        connect = Moment.Span(settings.timeouts.connect)
        let names = Self.names(settings, runtimes)
        configuredNames = names
        routePools = runtimes.reduce(into: [:]) { $0[$1.identity] = $1.pool.name }
    }

    /// Whether a tunnel of this route and backend is still wanted; if not, why not.
    func removal(of tunnel: TunnelRecord) -> CloseReason.Cause? {
        let pool = tunnel.route.pool.name
        guard routePools[tunnel.route.identity] == pool else { return .routeRemoved }
        return configuredNames.backends.contains(tunnel.backend.key) ? nil : .backendRemoved
    }

    /// Whether a request that came in on this listener can be routed here; not when a reload removed the listener.
    func knows(listener: String) -> Bool { routes.index(ofListener: listener) != nil }

    func route(host: HostName?, path: [UInt8], listener: String) -> RouteRuntime? {
        guard let position = routes.index(ofListener: listener),
            let index = routes.match(host: host?.bytes, path: path, listener: position), index < routeRuntimes.count
        else { return nil }
        return routeRuntimes[index]
    }

    private static func names(_ settings: Settings, _ routes: [RouteRuntime]) -> ConfiguredNames {
        var names = ConfiguredNames()
        names.listeners = Set(settings.listeners.map(\.name))
        names.routes = Set(routes.map(\.name))
        names.pools = Set(settings.pools.map(\.name))
        names.backends = Set(
            settings.pools.flatMap { pool in pool.backends.map { BackendKey(pool: pool.name, backend: $0.label) } })
        names.tunnels = Set(routes.flatMap { $0.tunnels.map(\.key) })
        return names
    }
}

extension TunnelRules {
    convenience init(_ settings: Settings) {
        self.init(
            idle: Moment.Span(settings.timeouts.idle), close: Moment.Span(settings.timeouts.close),
            halfClose: Moment.Span(settings.timeouts.halfClose), pingInterval: Moment.Span(settings.ping?.interval),
            pingTimeout: Moment.Span(settings.ping?.timeout),
            maximumMessage: settings.limits.maxMessage.map { UInt64(clamping: $0) } ?? .max)
    }
}
