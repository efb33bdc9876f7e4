/// A configured or system limit that something ran into; named as in the configuration where it stands there.
public enum LimitName: String, MetricLabel {
    case maxConnections = "max_connections"
    case backendMaxConnections = "backend_max_connections"
    case poolMaxConnections = "pool_max_connections"
    case maxDials = "max_dials"
    case maxTLSHandshakes = "max_tls_handshakes"
    case descriptors
    case maxHead = "max_head"
    case maxHeaders = "max_headers"
    case maxMessage = "max_message"
}
