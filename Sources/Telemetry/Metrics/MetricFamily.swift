/// A metric and the series it has now.
public struct MetricFamily: Sendable {
    public let definition: MetricDefinition
    public var samples: [MetricSample]

    public init(_ definition: MetricDefinition, _ samples: [MetricSample] = []) {
        self.definition = definition
        self.samples = samples
    }
}
