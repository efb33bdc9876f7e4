import Wire

/// One member of a pool.
package struct BackendSettings: Sendable, Hashable {
    /// How a backend is spoken to.
    package enum Scheme: String, Sendable, Hashable {
        /// WebSocket over a plain connection.
        case ws
    }

    /// As written: `ws://127.0.0.1:9001`.
    package var url: String
    package var scheme: Scheme
    /// A name in lower case, or an address in its RFC 5952 text, without brackets.
    package var host: String
    /// 1...65535; 80 where the URL has none.
    package var port: UInt16
    /// Set when `host` is an address; nil when it has to be resolved.
    package var address: IPAddress?
    /// 1...1000.
    package var weight: Int
    /// At least 1; nil is without a bound.
    package var maxConnections: Int?
    package var source: SourcePlace

    package init(
        url: String, scheme: Scheme = .ws, host: String, port: UInt16, weight: Int = 1, maxConnections: Int? = nil,
        source: SourcePlace = .none
    ) {
        self.url = url
        self.scheme = scheme
        self.host = host
        self.port = port
        self.address = IPAddress(host)
        self.weight = weight
        self.maxConnections = maxConnections
        self.source = source
    }

    /// The name in logs and metrics: `127.0.0.1:9001`, `[::1]:9001`, `chat-1.internal:80`.
    package var label: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
