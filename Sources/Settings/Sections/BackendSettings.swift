import Wire

/// One member of a pool.
package struct BackendSettings: Sendable, Hashable {
    /// How a backend is spoken to.
    package enum Scheme: String, Sendable, Hashable {
        /// Plain; both carry upgrades and plain requests alike.
        case ws, http
        /// The same over TLS.
        case wss, https

        package var isEncrypted: Bool { self == .wss || self == .https }
    }

    /// As written: `ws://127.0.0.1:9001`, `wss://voice.internal`, `unix:/run/app.sock`.
    package var url: String
    package var scheme: Scheme
    /// A name in lower case, or an address in its RFC 5952 text, without brackets; empty for a Unix socket.
    package var host: String
    /// The path of a Unix socket, resolved; at most 107 bytes. Never encrypted.
    package var unixPath: String?
    /// 1...65535; 80 where the URL has none, or 443 when it is encrypted. 0 for a Unix socket.
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
        unixPath: String? = nil, source: SourcePlace = .none
    ) {
        self.unixPath = unixPath
        self.url = url
        self.scheme = scheme
        self.host = host
        self.port = port
        self.address = IPAddress(host)
        self.weight = weight
        self.maxConnections = maxConnections
        self.source = source
    }

    /// The name in logs and metrics: `127.0.0.1:9001`, `[::1]:9001`, `chat-1.internal:80`, `unix:/run/app.sock`.
    package var label: String {
        if let unixPath { return "unix:\(unixPath)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
