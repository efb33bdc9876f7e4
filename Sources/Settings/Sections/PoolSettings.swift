import Balancing

/// Backends that do the same work.
public struct PoolSettings: Sendable, Hashable {
    /// The most backends in one pool.
    public static let mostBackends = 4096

    /// 1 to 64 letters, digits, `_`, `-` and `.`: a metric label.
    public var name: String
    public var balance: Algorithm
    /// At least one, at most `mostBackends`; labels are unique within the pool.
    public var backends: [BackendSettings]
    /// For the members whose scheme is encrypted.
    public var tls: BackendTLSSettings
    public var host: HostPolicy
    /// Idle connections kept for plain requests.
    public var keepAlive: KeepAliveSettings
    /// Sent at the beginning of each connection, which then carries one client's requests only; nil is none.
    public var proxyProtocol: ProxyProtocolVersion?
    public var requestHeaders: HeaderRules
    public var responseHeaders: HeaderRules
    /// Set if, and only if, `balance` is `.hash`.
    public var hash: HashSettings?
    /// Nil sends and reads no cookie.
    public var sticky: StickySettings?
    /// Nil asks nobody: all backends are taken for well.
    public var check: CheckSettings?
    /// Nil ejects nobody.
    public var ejection: EjectionSettings?
    public var whenDown: WhenDown
    /// Nil gives a backend its whole share at once.
    public var slowStart: SlowStartSettings?
    /// 0...100: with less than this percentage of the ready backends well, all that are ready are used; 0 never does that.
    public var panicPercent: Int
    /// Tunnels and plain requests under way of all backends, at least 1; nil is without a bound.
    public var maxConnections: Int?
    /// Nil refuses at once what finds every backend full.
    public var queue: QueueSettings?
    /// Dials under way to one backend, 1...100,000; nil is without a bound.
    public var maxDials: Int?
    public var retry: RetrySettings
    /// Nil lets tunnels live as long as they like.
    public var maxLifetime: LifetimeSettings?
    /// Nil leaves tunnels where they are; never set with `.hash`, nor with `sticky`.
    public var rebalance: RebalanceSettings?
    public var drain: DrainPaceSettings
    public var source: SourcePlace

    /// What becomes of the tunnels of a backend that is down.
    public enum WhenDown: String, Sendable, Hashable, CaseIterable {
        /// They may live.
        case keep
        /// They are closed, at the pace of `drain`.
        case close
    }

    /// The `Host` that backends see.
    public enum HostPolicy: Sendable, Hashable {
        /// As the client sent it.
        case preserve
        /// The backend's own host and port.
        case backend
        /// Always this: a host, perhaps with a port.
        case name(String)
    }

    public enum ProxyProtocolVersion: String, Sendable, Hashable, CaseIterable { case v1, v2 }

    public init(
        name: String, balance: Algorithm = .roundRobin, backends: [BackendSettings],
        tls: BackendTLSSettings = BackendTLSSettings(), host: HostPolicy = .preserve,
        keepAlive: KeepAliveSettings = KeepAliveSettings(), proxyProtocol: ProxyProtocolVersion? = nil,
        requestHeaders: HeaderRules = HeaderRules(), responseHeaders: HeaderRules = HeaderRules(),
        hash: HashSettings? = nil, sticky: StickySettings? = nil, check: CheckSettings? = nil,
        ejection: EjectionSettings? = nil, whenDown: WhenDown = .keep, slowStart: SlowStartSettings? = nil,
        panicPercent: Int = 50, maxConnections: Int? = nil, queue: QueueSettings? = nil, maxDials: Int? = 100,
        retry: RetrySettings = RetrySettings(), maxLifetime: LifetimeSettings? = nil,
        rebalance: RebalanceSettings? = nil, drain: DrainPaceSettings = .over(.seconds(30)), source: SourcePlace = .none
    ) {
        self.hash = hash
        self.sticky = sticky
        self.check = check
        self.ejection = ejection
        self.whenDown = whenDown
        self.slowStart = slowStart
        self.panicPercent = panicPercent
        self.maxConnections = maxConnections
        self.queue = queue
        self.maxDials = maxDials
        self.retry = retry
        self.maxLifetime = maxLifetime
        self.rebalance = rebalance
        self.drain = drain
        self.tls = tls
        self.host = host
        self.keepAlive = keepAlive
        self.proxyProtocol = proxyProtocol
        self.requestHeaders = requestHeaders
        self.responseHeaders = responseHeaders
        self.name = name
        self.balance = balance
        self.backends = backends
        self.source = source
    }
}
