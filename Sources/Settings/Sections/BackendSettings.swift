import Wire

/// One member of a pool.
public struct BackendSettings: Sendable, Hashable {
    /// How a backend is spoken to.
    public enum Scheme: String, Sendable, Hashable {
        /// Plain; both carry upgrades and plain requests alike.
        case ws, http
        /// The same over TLS.
        case wss, https

        public var isEncrypted: Bool { self == .wss || self == .https }
    }

    /// What the operator wants of it.
    public enum State: String, Sendable, Hashable, CaseIterable {
        case ready
        /// Nothing new goes there, and its tunnels are closed at the pool's pace.
        case drain
        /// The same, and it is not checked.
        case maint
    }

    /// What becomes of a name with several addresses.
    public enum Resolution: String, Sendable, Hashable, CaseIterable {
        /// They are one backend: the first that can be reached is used.
        case first
        /// Each is a backend of its own, with this one's weight and bound.
        case each
    }

    /// As written: `ws://127.0.0.1:9001`, `wss://voice.internal`, `srv+ws://chat.service.consul`, `unix:/run/app.sock`.
    public var url: String
    public var scheme: Scheme
    /// A name in lower case, or an address in its RFC 5952 text, without brackets; empty for a Unix socket.
    public var host: String
    /// The name whose address `host` is, where a name's addresses are backends of their own, for `Host` and TLS: as configured, or
    /// the target of an SRV record. nil for all that are configured as they are.
    public var name: String?
    /// The path of a Unix socket, resolved; at most 107 bytes. Never encrypted.
    public var unixPath: String?
    /// 1...65535; 80 where the URL has none, or 443 when it is encrypted. 0 for a Unix socket and for `isService`.
    public var port: UInt16
    /// Set when `host` is an address; nil when it has to be resolved.
    public var address: IPAddress?
    /// `host` names SRV records (RFC 2782), each of which is a backend of its own, with its priority, weight and port.
    public var isService: Bool
    /// 1...1000; 1 for `isService`.
    public var weight: Int
    /// At least 1; nil is without a bound.
    public var maxConnections: Int?
    /// Used only when no other backend of the pool takes connections.
    public var isBackup: Bool
    /// 0...15: those with a higher number are used when none with a lower one takes connections. 0 for `isService`.
    public var priority: Int
    /// Where it stands: a name as listeners have; nil when it is in no zone.
    public var zone: String?
    public var state: State
    /// `.first` for all that are no names, and for `isService`.
    public var resolution: Resolution
    public var source: SourcePlace

    public init(
        url: String, scheme: Scheme = .ws, host: String, port: UInt16, weight: Int = 1, maxConnections: Int? = nil,
        unixPath: String? = nil, isService: Bool = false, isBackup: Bool = false, priority: Int = 0, zone: String? = nil,
        state: State = .ready, resolution: Resolution = .first, source: SourcePlace = .none
    ) {
        self.isService = isService
        self.isBackup = isBackup
        self.priority = priority
        self.zone = zone
        self.state = state
        self.resolution = resolution
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

    /// The name in logs and metrics: `127.0.0.1:9001`, `[::1]:9001`, `chat-1.internal:80`, `unix:/run/app.sock`. Of
    /// SRV records, which have labels of their own, `srv:chat.service.consul`.
    public var label: String {
        if let unixPath { return "unix:\(unixPath)" }
        if isService { return "srv:\(host)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// What `Host` says where it names the backend: its name and port, the port left out where the scheme implies it.
    public var authority: String {
        guard unixPath == nil else { return "localhost" }
        let host = name ?? host
        let shown = host.contains(":") ? "[\(host)]" : host
        return port == (scheme.isEncrypted ? 443 : 80) ? shown : "\(shown):\(port)"
    }
}
