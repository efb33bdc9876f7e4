/// One place where connections are accepted.
package struct ListenerSettings: Sendable, Hashable {
    /// 1 to 64 letters, digits, `_`, `-` and `.`: a metric label.
    package var name: String
    package var bind: BindAddress
    /// Nil for plain connections.
    package var tls: TLSSettings?
    /// Answers every request with a redirect to https on this port; nil serves routes. Plain listeners only.
    package var redirectPort: UInt16?
    /// Peers of `trusted_proxies` begin each connection with a PROXY protocol header; others are refused one.
    package var acceptsProxyProtocol: Bool
    package var source: SourcePlace

    package init(
        name: String, bind: BindAddress, tls: TLSSettings? = nil, redirectPort: UInt16? = nil,
        acceptsProxyProtocol: Bool = false, source: SourcePlace = .none
    ) {
        self.redirectPort = redirectPort
        self.acceptsProxyProtocol = acceptsProxyProtocol
        self.name = name
        self.bind = bind
        self.tls = tls
        self.source = source
    }
}
