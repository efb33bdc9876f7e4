import Wire

/// A valid configuration: every reference resolves, every number is in its range, every default is filled in. Nothing
/// outside the file was looked at: whether certificates load, ports are free and names resolve shows later.
public struct Settings: Sendable, Hashable {
    /// Worker threads, 1...1024; nil is one for each core.
    public var workers: Int?
    /// At least one; names and binds are unique.
    public var listeners: [ListenerSettings]
    /// At least one, unless every listener redirects; names are unique, no two are ambiguous.
    public var routes: [RouteSettings]
    /// At least one, unless no route leads to one; in the order of the file; names are unique.
    public var pools: [PoolSettings]
    public var timeouts: Timeouts
    /// Nil turns the proxy's own pings off.
    public var ping: PingSettings?
    public var limits: Limits
    public var drain: DrainSettings
    /// Peers whose X-Forwarded-*, Forwarded, X-Real-IP, X-Request-Id and PROXY protocol are believed.
    public var trustedProxies: [CIDR]
    /// Nil turns the admin endpoint off.
    public var admin: AdminSettings?
    public var log: LogSettings
    public var forwarding: ForwardingSettings
    public var resolver: ResolverSettings
    /// Where this proxy stands: a name as backends have it; nil has no preference among theirs.
    public var zone: String?
    /// Things that work but are hardly meant; to be logged, never a reason to refuse.
    public var warnings: [Problem]

    public init(
        workers: Int? = nil, listeners: [ListenerSettings], routes: [RouteSettings], pools: [PoolSettings],
        timeouts: Timeouts = Timeouts(), ping: PingSettings? = PingSettings(), limits: Limits = Limits(),
        drain: DrainSettings = DrainSettings(), trustedProxies: [CIDR] = [], admin: AdminSettings? = AdminSettings(),
        log: LogSettings = LogSettings(), forwarding: ForwardingSettings = ForwardingSettings(),
        resolver: ResolverSettings = ResolverSettings(), zone: String? = nil, warnings: [Problem] = []
    ) {
        self.forwarding = forwarding
        self.resolver = resolver
        self.zone = zone
        self.workers = workers
        self.listeners = listeners
        self.routes = routes
        self.pools = pools
        self.timeouts = timeouts
        self.ping = ping
        self.limits = limits
        self.drain = drain
        self.trustedProxies = trustedProxies
        self.admin = admin
        self.log = log
        self.warnings = warnings
    }
}
