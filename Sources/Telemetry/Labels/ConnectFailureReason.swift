/// Why one dial to a backend gave no connection.
public enum ConnectFailureReason: String, MetricLabel {
    case refused
    case timeout
    case reset
    case unreachable
    case resolve
    case addresses
    case descriptors
    case tls
    case other
}
