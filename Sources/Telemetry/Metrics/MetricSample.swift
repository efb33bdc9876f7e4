/// One series of a family: the values of the family's labels, in their order, and its value.
public struct MetricSample: Sendable {
    /// As many as the definition has label names; a surplus is ignored, what is missing is written empty.
    public let labels: [String]
    public let value: MetricValue

    public init(_ labels: [String], _ value: MetricValue) {
        self.labels = labels
        self.value = value
    }
}
