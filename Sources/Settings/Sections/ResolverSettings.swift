/// How names of backends are resolved.
public struct ResolverSettings: Sendable, Hashable {
    /// How often names are asked for again; nil is at the start and at reloads only.
    public var interval: Duration?
    /// Whom to ask, at most 8, none twice; empty is whom the system asks.
    public var servers: [NameServer]

    public init(interval: Duration? = .seconds(30), servers: [NameServer] = []) {
        self.interval = interval
        self.servers = servers
    }
}
