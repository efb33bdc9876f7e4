/// Why a request that had found its route did not become a tunnel.
public enum UpgradeFailureReason: String, MetricLabel {
    /// No backend may be tried: none is up, or all were tried.
    case noBackend = "no_backend"
    /// Every backend holds as many connections as it may.
    case backendFull = "backend_full"
    /// The pool holds as many connections as it may.
    case poolFull = "pool_full"
    /// As many wait for a place as may.
    case queueFull = "queue_full"
    /// No place came free while it waited.
    case queueTimeout = "queue_timeout"
    case connectFailed = "connect_failed"
    case connectTimeout = "connect_timeout"
    /// A backend answered with something other than 101.
    case backendRefused = "backend_refused"
    /// A backend's answer made no sense, or switched to something else.
    case backendInvalid = "backend_invalid"
    /// A backend went away before it had answered.
    case backendClosed = "backend_closed"
    /// TLS with a backend failed: its certificate, its protocol.
    case backendTLS = "backend_tls"
    case clientClosed = "client_closed"
    case timeout
    /// The client's handshake was wrong.
    case badUpgrade = "bad_upgrade"
    case notAnUpgrade = "not_an_upgrade"
    /// The request has come through a Tidegate too often.
    case loop
    case draining
    case descriptors
    case policy
    case `internal`
    case other

    /// The case whose label text is `label`. Finer words of the parsers are gathered: all that is wrong with a backend's head
    /// or switch is `backend_invalid`, all that is wrong with a client's handshake `bad_upgrade`. `other` for the rest.
    public init(named label: StaticString) {
        let text = label.description
        if let exact = UpgradeFailureReason(rawValue: text) {
            self = exact
        } else if text.hasPrefix("backend_") || text.hasPrefix("switch_") {
            self = .backendInvalid
        } else if text.hasPrefix("upgrade_") || text.hasPrefix("websocket_") || text.hasPrefix("connection_") {
            self = .badUpgrade
        } else {
            self = .other
        }
    }
}
