import Wire

/// The admin endpoint.
public struct AdminSettings: Sendable, Hashable {
    /// Never `.systemd`.
    public var bind: BindAddress
    /// The bearer token of `/api`; without one `/api` is not served beyond loopback.
    public var token: Secret?
    public var source: SourcePlace

    /// 127.0.0.1:9180, which is what holds when a configuration has no `admin`.
    public static let defaultBind = BindAddress.ip(IPAddress(v4: 0x7f00_0001), port: 9180)

    public init(bind: BindAddress = Self.defaultBind, token: Secret? = nil, source: SourcePlace = .none) {
        self.bind = bind
        self.token = token
        self.source = source
    }
}
