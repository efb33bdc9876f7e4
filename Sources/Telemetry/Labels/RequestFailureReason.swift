/// Why a plain request that had found its route got no whole answer from a backend.
public enum RequestFailureReason: String, MetricLabel {
    // As with upgrades, under the same words.
    case noBackend = "no_backend"
    case backendFull = "backend_full"
    case poolFull = "pool_full"
    case queueFull = "queue_full"
    case queueTimeout = "queue_timeout"
    case connectFailed = "connect_failed"
    case connectTimeout = "connect_timeout"
    case backendRefused = "backend_refused"
    case backendInvalid = "backend_invalid"
    case backendClosed = "backend_closed"
    case backendTLS = "backend_tls"
    case clientClosed = "client_closed"
    case timeout
    case badUpgrade = "bad_upgrade"
    case notAnUpgrade = "not_an_upgrade"
    case draining
    case descriptors
    case policy
    case `internal`
    case other

    /// The backend did not begin its answer in time.
    case responseTimeout = "response_timeout"
    /// A body stood still for too long.
    case bodyTimeout = "body_timeout"
    /// The backend went away in the middle of its answer.
    case backendTruncated = "backend_truncated"
    /// The client's body made no sense.
    case bodyInvalid = "body_invalid"
    /// The request has been through this proxy too often.
    case loop

    /// The reason that upgrades have under the same word.
    public init(_ reason: UpgradeFailureReason) {
        self = RequestFailureReason(rawValue: reason.rawValue) ?? .other
    }

    /// The case whose label text is `label`. Finer words of the parsers are gathered: all that is wrong with chunks or trailers
    /// is `body_invalid`, the rest as `UpgradeFailureReason` gathers it. `other` for what no label knows.
    public init(named label: StaticString) {
        let text = label.description
        if let exact = RequestFailureReason(rawValue: text) {
            self = exact
        } else if !text.hasPrefix("backend_"), text.contains("chunk") || text.contains("trailer") {
            self = .bodyInvalid
        } else {
            self = RequestFailureReason(UpgradeFailureReason(named: label))
        }
    }
}
