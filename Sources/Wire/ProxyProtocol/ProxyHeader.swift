/// What a proxy in front of us said about a connection, once, before its first byte (HAProxy's PROXY protocol, section 2).
public struct ProxyHeader: Sendable, Equatable {
    /// Who opened the connection; nil for `LOCAL`, `UNKNOWN`, unspecified and Unix-socket connections: there the real
    /// address of the connection holds.
    public let source: Endpoint?
    /// Where it was opened to; nil exactly when `source` is.
    public let destination: Endpoint?
    /// Bytes of the header. What follows is the connection's own data.
    public let length: Int

    /// For comparing in tests; nothing is checked.
    public init(source: Endpoint?, destination: Endpoint?, length: Int) {
        self.source = source
        self.destination = destination
        self.length = length
    }
}
