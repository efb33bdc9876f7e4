/// What one metric is: its name, its help text, its type and the names of its labels.
public struct MetricDefinition: Sendable, Hashable {
    /// The full name; a counter's ends in `_total`.
    public let name: String
    /// One sentence for the operator, without a final full stop.
    public let help: String
    /// Counter, gauge or histogram.
    public let kind: MetricKind
    /// The label names, in the order in which values are given and written.
    public let labels: [String]

    public init(_ name: String, _ kind: MetricKind, _ help: String, labels: [String] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }
}
