import Routing

/// Which requests go to which pool, and how.
public struct RouteSettings: Sendable, Hashable {
    /// The `name` as written, or else made of host and path: `chat.example.com/ws/*`, `*/voice`. Unique.
    public var name: String
    public var host: HostPattern
    public var path: PathPattern
    public var destination: Destination
    /// Refuses plain requests with 426.
    public var carriesUpgradesOnly: Bool
    public var rewrite: PathRewrite?
    /// Applied after the pool's.
    public var requestHeaders: HeaderRules
    public var responseHeaders: HeaderRules
    /// A comment is sent on an event stream that was silent for so long; nil is never.
    public var sseKeepAlive: Duration?
    /// Names of listeners that exist; nil is all of them.
    public var listeners: [String]?
    public var source: SourcePlace

    public enum Destination: Sendable, Hashable {
        /// The name of a pool that exists.
        case pool(String)
        case respond(FixedAnswer)
    }

    /// The name of the pool, if requests go to one.
    public var pool: String? {
        if case .pool(let name) = destination { return name }
        return nil
    }

    public init(
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
