/// A metric and the series it has now.
package struct MetricFamily: Sendable {
    package let definition: MetricDefinition
    package var samples: [MetricSample]

    package init(_ definition: MetricDefinition, _ samples: [MetricSample] = []) {
        self.definition = definition
        self.samples = samples
    }
}
