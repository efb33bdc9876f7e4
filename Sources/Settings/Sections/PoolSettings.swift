import Balancing

/// Backends that do the same work.
package struct PoolSettings: Sendable, Hashable {
    /// The most backends in one pool.
    package static let mostBackends = 4096

    /// 1 to 64 letters, digits, `_`, `-` and `.`: a metric label.
    package var name: String
    package var balance: Algorithm
    /// At least one, at most `mostBackends`; labels are unique within the pool.
    package var backends: [BackendSettings]
    /// For the members whose scheme is encrypted.
    package var tls: BackendTLSSettings
    package var host: HostPolicy
    /// Idle connections kept for plain requests.
    package var keepAlive: KeepAliveSettings
    /// Sent at the beginning of each connection, which then carries one client's requests only; nil is none.
    package var proxyProtocol: ProxyProtocolVersion?
    package var requestHeaders: HeaderRules
    package var responseHeaders: HeaderRules
    package var source: SourcePlace

    /// The `Host` that backends see.
    package enum HostPolicy: Sendable, Hashable {
        /// As the client sent it.
        case preserve
        /// The backend's own host and port.
        case backend
        /// Always this: a host, perhaps with a port.
        case name(String)
    }

    package enum ProxyProtocolVersion: String, Sendable, Hashable, CaseIterable { case v1, v2 }

    package init(
        name: String, balance: Algorithm = .roundRobin, backends: [BackendSettings],
        tls: BackendTLSSettings = BackendTLSSettings(), host: HostPolicy = .preserve,
        keepAlive: KeepAliveSettings = KeepAliveSettings(), proxyProtocol: ProxyProtocolVersion? = nil,
        requestHeaders: HeaderRules = HeaderRules(), responseHeaders: HeaderRules = HeaderRules(),
        source: SourcePlace = .none
    ) {
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
