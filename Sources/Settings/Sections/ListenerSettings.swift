/// One place where connections are accepted.
public struct ListenerSettings: Sendable, Hashable {
    /// 1 to 64 letters, digits, `_`, `-` and `.`: a metric label.
    public var name: String
    public var bind: BindAddress
    /// Nil for plain connections.
    public var tls: TLSSettings?
    /// Answers every request with a redirect to https on this port; nil serves routes. Plain listeners only.
    public var redirectPort: UInt16?
    /// Peers of `trusted_proxies` begin each connection with a PROXY protocol header; others are refused one.
    public var acceptsProxyProtocol: Bool
    public var source: SourcePlace

    public init(
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
