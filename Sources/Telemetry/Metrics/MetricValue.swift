/// The value of one series.
public enum MetricValue: Sendable {
    /// A whole number that never falls, or a gauge that is never negative.
    case unsigned(UInt64)
    /// A whole number that may be negative.
    case signed(Int)
    /// Seconds, time stamps.
    case real(Double)
    /// All series of one histogram.
    case histogram(HistogramSnapshot)
}
