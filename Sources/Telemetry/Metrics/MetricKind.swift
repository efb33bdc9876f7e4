/// The type of a metric family, as exposition formats name it.
public enum MetricKind: String, Sendable {
    case counter
    case gauge
    case histogram
}
