/// The exposition formats a scraper can be given.
public enum ScrapeFormat: Sendable {
    /// Prometheus text format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.
    case openMetrics

    /// The value of `Content-Type` for this format.
    public var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// What to answer to an `Accept` header (RFC 9110 section 12.5.1). OpenMetrics is given only to a scraper that names it
    /// and does not like plain text better; everything else, nonsense included, gets the older format.
    public static func negotiate(accept: String) -> ScrapeFormat {
        var openMetrics = -1
        var plain = -1
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
            let weight = parts.dropFirst().compactMap(quality).first ?? 1000
            switch parts.first {
            case "application/openmetrics-text": openMetrics = max(openMetrics, weight)
            case "text/plain": plain = max(plain, weight)
            default: continue
            }
        }
        return openMetrics > 0 && openMetrics >= plain ? .openMetrics : .prometheus
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest.lowercased()
    }

    /// A weight in thousandths; nil when the parameter is no weight, 0 when it is a broken one.
    private static func quality(_ parameter: String) -> Int? {
        guard parameter.hasPrefix("q=") else { return nil }
        guard let value = Double(parameter.dropFirst(2)), value >= 0, value <= 1 else { return 0 }
        return Int(value * 1000)
    }
}
