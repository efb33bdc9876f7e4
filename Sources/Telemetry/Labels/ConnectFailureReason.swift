/// Why one dial to a backend gave no connection that could be used.
package enum ConnectFailureReason: String, MetricLabel {
    case refused
    case timeout
    case reset
    case unreachable
    case resolve
    case addresses
    case descriptors
    case tls
    /// It ended an upgrade's connection before it said a word.
    case closed
    case other
}
