import Telemetry
import Testing

@Suite("Exposition formats")
struct PrometheusTextTests {
    private static let counter = MetricDefinition("x_total", .counter, "A \"b\" \\ c\nd", labels: ["pool", "code"])
    private static let gauge = MetricDefinition("y", .gauge, "Why")
    private static let histogram = MetricDefinition("z_seconds", .histogram, "Zed", labels: ["pool"])
    private static let shape = HistogramShape(milliseconds: [500, 2000], nanosecondsPerSumUnit: 1000)

    private func text(_ families: [MetricFamily], _ format: ScrapeFormat) -> String {
        String(decoding: PrometheusText.write(families, format: format), as: UTF8.self)
    }

    @Test("a counter keeps its name in the older format, and its family loses _total in OpenMetrics")
    func counterNames() {
        let family = MetricFamily(Self.counter, [MetricSample(["p", "1000"], .unsigned(7))])
        #expect(
            text([family], .prometheus) == #"""
                # HELP x_total A "b" \\ c\nd
                # TYPE x_total counter
                x_total{pool="p",code="1000"} 7

                """#)
        #expect(
            text([family], .openMetrics) == #"""
                # HELP x A \"b\" \\ c\nd
                # TYPE x counter
                x_total{pool="p",code="1000"} 7
                # EOF

                """#)
    }

    @Test("A7: label values are escaped so that none can end itself or its line")
    func labels() {
        let evil = "a\"} 1\nx_total{pool=\"\\<script>"
        let family = MetricFamily(Self.counter, [MetricSample([evil, ""], .unsigned(0))])
        #expect(
            text([family], .prometheus).split(separator: "\n").last
                == #"x_total{pool="a\"} 1\nx_total{pool=\"\\<script>",code=""} 0"#)
    }

    @Test("a histogram is cumulative, ends at +Inf, and sums in seconds")
    func histograms() {
        let snapshot = HistogramSnapshot(shape: Self.shape, counts: [3, 0, 2], sum: 6_500_000)
        let family = MetricFamily(Self.histogram, [MetricSample(["p"], .histogram(snapshot))])
        #expect(
            text([family], .prometheus) == #"""
                # HELP z_seconds Zed
                # TYPE z_seconds histogram
                z_seconds_bucket{pool="p",le="0.5"} 3
                z_seconds_bucket{pool="p",le="2.0"} 3
                z_seconds_bucket{pool="p",le="+Inf"} 5
                z_seconds_sum{pool="p"} 6.5
                z_seconds_count{pool="p"} 5

                """#)
    }

    @Test("missing and surplus label values and bucket counts change nothing else")
    func shapes() {
        let short = MetricFamily(Self.counter, [MetricSample(["p"], .unsigned(1))])
        #expect(text([short], .prometheus).hasSuffix("x_total{pool=\"p\",code=\"\"} 1\n"))
        let long = MetricFamily(Self.gauge, [MetricSample(["p"], .signed(-1))])
        #expect(text([long], .prometheus).hasSuffix("\ny -1\n"))
        let odd = HistogramSnapshot(shape: Self.shape, counts: [1], sum: 0)
        #expect(text([MetricFamily(Self.histogram, [MetricSample(["p"], .histogram(odd))])], .prometheus).hasSuffix("_count{pool=\"p\"} 1\n"))
    }

    @Test("a family without series is left out; an empty exposition in OpenMetrics still ends")
    func empty() {
        #expect(text([MetricFamily(Self.gauge)], .prometheus) == "")
        #expect(text([MetricFamily(Self.gauge)], .openMetrics) == "# EOF\n")
    }

    @Test("numbers are spelled as scrapers read them", arguments: [
        (Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (0.0005, "0.0005"), (86_400, "86400.0"),
    ])
    func numbers(_ value: Double, _ expected: String) {
        #expect(PrometheusText.text(value) == expected)
    }

    @Test("bounds are inclusive, and durations past the last fall into +Inf")
    func buckets() {
        #expect(Self.shape.bucket(nanoseconds: 0) == 0)
        #expect(Self.shape.bucket(nanoseconds: 500_000_000) == 0)
        #expect(Self.shape.bucket(nanoseconds: 500_000_001) == 1)
        #expect(Self.shape.bucket(nanoseconds: .max) == 2)
        #expect(HistogramShape.latency.bounds.first == 500_000)
        #expect(HistogramShape.latency.bounds.last == 10_000_000_000)
        #expect(HistogramShape.lifetime.bounds.last == 86_400_000_000_000)
        #expect(HistogramShape.latency.bounds == HistogramShape.latency.bounds.sorted())
        #expect(HistogramShape.lifetime.bounds == HistogramShape.lifetime.bounds.sorted())
    }
}
