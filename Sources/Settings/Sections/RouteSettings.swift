import Routing

/// Which requests go to which pool, and how.
package struct RouteSettings: Sendable, Hashable {
    /// The `name` as written, or else made of host and path: `chat.example.com/ws/*`, `*/voice`. Unique.
    package var name: String
    package var host: HostPattern
    package var path: PathPattern
    package var destination: Destination
    /// Refuses plain requests with 426.
    package var carriesUpgradesOnly: Bool
    package var rewrite: PathRewrite?
    /// Applied after the pool's.
    package var requestHeaders: HeaderRules
    package var responseHeaders: HeaderRules
    /// A comment is sent on an event stream that was silent for so long; nil is never.
    package var sseKeepAlive: Duration?
    /// Names of listeners that exist; nil is all of them.
    package var listeners: [String]?
    package var source: SourcePlace

    package enum Destination: Sendable, Hashable {
        /// The name of a pool that exists.
        case pool(String)
        case respond(FixedAnswer)
    }

    /// The name of the pool, if requests go to one.
    package var pool: String? {
        if case .pool(let name) = destination { return name }
        return nil
    }

    package init(
        name: String, host: HostPattern = .any, path: PathPattern = .prefix([]), destination: Destination,
        listeners: [String]? = nil, carriesUpgradesOnly: Bool = false, rewrite: PathRewrite? = nil,
        requestHeaders: HeaderRules = HeaderRules(), responseHeaders: HeaderRules = HeaderRules(),
        sseKeepAlive: Duration? = nil, source: SourcePlace = .none
    ) {
        self.carriesUpgradesOnly = carriesUpgradesOnly
        self.rewrite = rewrite
        self.requestHeaders = requestHeaders
        self.responseHeaders = responseHeaders
        self.sseKeepAlive = sseKeepAlive
        self.name = name
        self.host = host
        self.path = path
        self.destination = destination
        self.listeners = listeners
        self.source = source
    }
}
