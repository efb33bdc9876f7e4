import Routing

/// Which requests go to which pool.
package struct RouteSettings: Sendable, Hashable {
    /// The `name` as written, or else made of host and path: `chat.example.com/ws/*`, `*/voice`. Unique.
    package var name: String
    package var host: HostPattern
    package var path: PathPattern
    /// The name of a pool that exists.
    package var pool: String
    /// Names of listeners that exist; nil is all of them.
    package var listeners: [String]?
    package var source: SourcePlace

    package init(
        name: String, host: HostPattern = .any, path: PathPattern = .prefix([]), pool: String,
        listeners: [String]? = nil, source: SourcePlace = .none
    ) {
        self.name = name
        self.host = host
        self.path = path
        self.pool = pool
        self.listeners = listeners
        self.source = source
    }
}
