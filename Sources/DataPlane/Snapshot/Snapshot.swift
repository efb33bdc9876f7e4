import Routing
import Session
import Settings
import Transport
import Wire

/// Everything that a reload replaces, as one immutable value: the bridge from the control plane to the workers. Each worker
/// holds one snapshot and swaps it between two turns.
public final class Snapshot: Sendable {
    public let settings: Settings
    public let listeners: [PreparedListener]
    /// The label sets that exist by configuration.
    public let configuredNames: ConfiguredNames

    /// Stands for this snapshot where only its identity counts.
    final class Mark: Sendable {}

    let mark = Mark()
    let runtimes: [ListenerRuntime]
    let routes: RouteTable<Int>
    let destinations: [Destination]
    let pools: [String: PoolRuntime]
    let rules: TunnelRules
    let exchangeRules: ExchangeRules
    /// Whether any peer may be believed what it says of its clients.
    let trustsProxies: Bool
    let connect: Moment.Span
    /// What tunnels this snapshot allows, for finding those that a reload removed.
    private let routePools: [RouteRuntime.Identity: String]

    /// - Parameters:
    ///   - backends: ready to be dialled; one that is missing here is left out of its pool.
    ///   - previous: whose places in the pools' rounds, hash tables and holds are kept.
    public static func build(
        settings: Settings, listeners: [PreparedListener], backends: [BackendKey: PreparedBackend],
        registry: MeterRegistry, previous: Snapshot?
    ) -> Snapshot {
        Snapshot(settings, listeners, backends, registry, previous)
    }

    private init(
        _ settings: Settings, _ listeners: [PreparedListener], _ prepared: [BackendKey: PreparedBackend],
        _ registry: MeterRegistry, _ previous: Snapshot?
    ) {
        self.settings = settings
        self.listeners = listeners
        let names = settings.listeners.map(\.name)
        runtimes = listeners.map { [mark] in
            ListenerRuntime($0, position: names.firstIndex(of: $0.settings.name) ?? -1, mark: mark, registry: registry)
        }
        var pools: [String: PoolRuntime] = [:]
        var position = 0
        for pool in settings.pools {
            let before = previous?.pools[pool.name]
            let known = Dictionary((before?.backends ?? []).map { ($0.key.backend, $0) }) { first, _ in first }
            let backends = pool.backends.compactMap { backend in
                prepared[BackendKey(pool: pool.name, backend: backend.label)].map { prepared -> BackendRuntime in
                    // What is as it was keeps its connections.
                    if let same = known[backend.label], same.isMade(of: backend, prepared) { return same }
                    return BackendRuntime(backend, pool: pool.name, prepared: prepared, registry: registry)
                }
            }
            pools[pool.name] = PoolRuntime(
                pool, zone: settings.zone, backends: backends, firstPosition: position, registry: registry, previous: before)
            position += backends.count
        }
        self.pools = pools
        let destinations = Self.destinations(settings, pools, registry)
        self.destinations = destinations.map(\.destination)
        let table = destinations.enumerated().map { index, entry in
            Route(
                name: entry.route.name, host: entry.route.host, path: entry.route.path,
                listeners: entry.route.listeners.map { Set($0) }, target: index)
        }
        routes = RouteTable(routes: table, listeners: names)
        rules = TunnelRules(settings)
        trustsProxies = !settings.trustedProxies.isEmpty
        exchangeRules = ExchangeRules(settings)
        connect = Moment.Span(settings.timeouts.connect)
        let runtimes = self.destinations.compactMap { if case .pool(let route) = $0 { route } else { nil } }
        configuredNames = Self.names(settings, runtimes)
        routePools = runtimes.reduce(into: [:]) { $0[$1.identity] = $1.pool.name }
    }

    private static func destinations(
        _ settings: Settings, _ pools: [String: PoolRuntime], _ registry: MeterRegistry
    ) -> [(route: RouteSettings, destination: Destination)] {
        settings.routes.compactMap { route in
            switch route.destination {
            case .respond(let answer): return (route, .respond(RespondRuntime(route, answer)))
            case .pool(let name):
                guard let pool = pools[name], let settings = settings.pools.first(where: { $0.name == name }) else { return nil }
                return (route, .pool(RouteRuntime(route, pool: pool, poolSettings: settings, registry: registry)))
            }
        }
    }

    /// Whether a tunnel of this route and backend is still wanted; if not, why not.
    func removal(of tunnel: TunnelRecord) -> CloseReason.Cause? {
        let pool = tunnel.route.pool.name
        guard routePools[tunnel.route.identity] == pool else { return .routeRemoved }
        return configuredNames.backends.contains(tunnel.backend.key) ? nil : .backendRemoved
    }

    /// The route of this snapshot that matches the same and leads to a pool of the same name.
    func renewed(_ route: RouteRuntime) -> RouteRuntime? {
        for destination in destinations {
            if case .pool(let candidate) = destination, candidate.identity == route.identity {
                return candidate.pool.name == route.pool.name ? candidate : nil
            }
        }
        return nil
    }

    /// Where a request goes; nil when no route is for it, or when a reload removed the listener it came in on.
    func destination(of head: RequestHead, from listener: ListenerRuntime) -> Destination? {
        guard let position = listener.position(in: self) else { return nil }
        let host = head.hostBytes
        let path = head.target.path
        guard let index = routes.position(host: host.span, path: path.span, listener: position), index < destinations.count else {
            return nil
        }
        return destinations[index]
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

extension ExchangeRules {
    init(_ settings: Settings) {
        let times = settings.timeouts
        self.init(
            limits: HeadLimits(maxHead: settings.limits.maxHead, maxHeaders: settings.limits.maxHeaders),
            handshake: Moment.Span(times.handshake), response: Moment.Span(times.response),
            keepAlive: Moment.Span(times.keepAlive), body: Moment.Span(times.body), idle: Moment.Span(times.idle),
            halfClose: Moment.Span(times.halfClose))
    }
}
