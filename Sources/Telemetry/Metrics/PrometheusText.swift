/// Writes metric families as Prometheus text 0.0.4 or OpenMetrics 1.0.
///
/// The two differ in how a counter's family is called (OpenMetrics drops `_total` there), in escaping inside HELP, and in the
/// `# EOF` that ends an OpenMetrics exposition and tells a scraper that it was not cut short.
public struct PrometheusText: Sendable {
    private let format: ScrapeFormat
    private var bytes: [UInt8] = []

    private init(format: ScrapeFormat) {
        self.format = format
        bytes.reserveCapacity(16_384)
    }

    /// The whole exposition. A family without samples is left out; two series of the same labels are the caller's mistake.
    public static func write(_ families: [MetricFamily], format: ScrapeFormat) -> [UInt8] {
        var writer = PrometheusText(format: format)
        for family in families where !family.samples.isEmpty {
            writer.write(family)
        }
        if format == .openMetrics { writer.append("# EOF\n") }
        return writer.bytes
    }

    private mutating func write(_ family: MetricFamily) {
        let definition = family.definition
        let name = familyName(definition)
        append("# HELP \(name) ")
        appendHelp(definition.help)
        append("\n# TYPE \(name) \(definition.kind.rawValue)\n")
        for sample in family.samples {
            write(sample, of: definition)
        }
    }

    private func familyName(_ definition: MetricDefinition) -> String {
        guard format == .openMetrics, definition.kind == .counter, definition.name.hasSuffix("_total") else {
            return definition.name
        }
        return String(definition.name.dropLast("_total".count))
    }

    private mutating func write(_ sample: MetricSample, of definition: MetricDefinition) {
        switch sample.value {
        case .unsigned(let value): write(definition, "", sample.labels, nil, "\(value)")
        case .signed(let value): write(definition, "", sample.labels, nil, "\(value)")
        case .real(let value): write(definition, "", sample.labels, nil, Self.text(value))
        case .histogram(let histogram): write(histogram, sample.labels, of: definition)
        }
    }

    private mutating func write(_ histogram: HistogramSnapshot, _ labels: [String], of definition: MetricDefinition) {
        var total: UInt64 = 0
        for place in 0..<histogram.shape.bucketCount {
            total &+= place < histogram.counts.count ? histogram.counts[place] : 0
            let seconds = histogram.shape.seconds
            let bound = place < seconds.count ? Self.text(seconds[place]) : "+Inf"
            write(definition, "_bucket", labels, bound, "\(total)")
        }
        write(definition, "_sum", labels, nil, Self.text(histogram.sumSeconds))
        write(definition, "_count", labels, nil, "\(total)")
    }

    private mutating func write(
        _ definition: MetricDefinition, _ suffix: String, _ values: [String], _ bound: String?, _ value: String
    ) {
        append(definition.name)
        append(suffix)
        var separator = "{"
        for (place, label) in definition.labels.enumerated() {
            append("\(separator)\(label)=\"")
            appendLabelValue(place < values.count ? values[place] : "")
            append("\"")
            separator = ","
        }
        if let bound {
            append("\(separator)le=\"\(bound)\"")
            separator = ","
        }
        append(separator == "," ? "} " : " ")
        append(value)
        append("\n")
    }

    /// A number as both formats read it: `+Inf`, `-Inf` and `NaN` are spelled so.
    public static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value.description
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// In a label's value a backslash, a double quote and a line feed are escaped, in both formats.
    private mutating func appendLabelValue(_ text: String) {
        for byte in text.utf8 { appendEscaped(byte, quotes: true) }
    }

    /// In HELP the older format leaves quotes alone.
    private mutating func appendHelp(_ text: String) {
        for byte in text.utf8 { appendEscaped(byte, quotes: format == .openMetrics) }
    }

    private mutating func appendEscaped(_ byte: UInt8, quotes: Bool) {
        switch byte {
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\"") where quotes: append("\\\"")
        default: bytes.append(byte)
        }
    }
}
