import Routing
import Session
import Settings

/// Where a request goes, as a route of one snapshot says.
enum Destination: Sendable {
    case pool(RouteRuntime)
    case respond(RespondRuntime)
}

/// A route of one snapshot, with its pool and the counters of each of its backends.
final class RouteRuntime: Sendable {
    /// What makes a route the same one after a reload: what it matches, not what it is called.
    struct Identity: Hashable, Sendable {
        let host: HostPattern
        let path: PathPattern
        let listeners: Set<String>?

        init(_ settings: RouteSettings) {
            host = settings.host
            path = settings.path
            listeners = settings.listeners.map { Set($0) }
        }
    }

    let name: String
    let identity: Identity
    let pool: PoolRuntime
    let meter: RouteMeter
    /// In the order of `pool.backends`.
    let tunnels: [TunnelMeter]
    let carriesUpgradesOnly: Bool
    let rewrite: PathRewrite?
    /// The pool's, then the route's.
    let requestEdits: [FieldEdits]
    let responseEdits: [FieldEdits]
    /// An event stream silent for so long gets a comment.
    let comment: Moment.Span

    init(_ settings: RouteSettings, pool: PoolRuntime, poolSettings: PoolSettings, registry: MeterRegistry) {
        name = settings.name
        identity = Identity(settings)
        self.pool = pool
        meter = registry.route(settings.name)
        tunnels = pool.backends.map {
            registry.tunnel(route: settings.name, pool: pool.name, backend: $0.key.backend)
        }
        carriesUpgradesOnly = settings.carriesUpgradesOnly
        rewrite = settings.rewrite
        requestEdits = [poolSettings.requestHeaders, settings.requestHeaders].filter { !$0.isEmpty }.map(FieldEdits.init)
        responseEdits = [poolSettings.responseHeaders, settings.responseHeaders].filter { !$0.isEmpty }.map(FieldEdits.init)
        comment = Moment.Span(settings.sseKeepAlive)
    }
}

/// A route that answers by itself.
final class RespondRuntime: Sendable {
    let name: String
    let answer: FixedAnswer
    let edits: [FieldEdits]

    init(_ settings: RouteSettings, _ answer: FixedAnswer) {
        name = settings.name
        self.answer = answer
        edits = settings.responseHeaders.isEmpty ? [] : [FieldEdits(settings.responseHeaders)]
    }
}
