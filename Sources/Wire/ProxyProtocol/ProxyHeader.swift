/// What a proxy in front of us said about a connection, once, before its first byte (HAProxy's PROXY protocol, section 2).
package struct ProxyHeader: Sendable, Equatable {
    /// Who opened the connection; nil for `LOCAL`, `UNKNOWN`, unspecified and Unix-socket connections: there the real
    /// address of the connection holds.
    package let source: Endpoint?
    /// Where it was opened to; nil exactly when `source` is.
    package let destination: Endpoint?
    /// Bytes of the header. What follows is the connection's own data.
    package let length: Int

    /// For comparing in tests; nothing is checked.
    package init(source: Endpoint?, destination: Endpoint?, length: Int) {
        self.source = source
        self.destination = destination
        self.length = length
    }
}
