import Telemetry
import Testing

@Suite("Which format a scraper gets")
struct ScrapeFormatTests {
    @Test("OpenMetrics goes to those who name it and do not like plain text better", arguments: [
        "application/openmetrics-text",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "Application/OpenMetrics-Text ; q=1", "text/html, application/openmetrics-text;q=0.1",
    ])
    func openMetrics(_ accept: String) {
        #expect(ScrapeFormat.negotiate(accept: accept) == .openMetrics)
    }

    @Test("everybody else gets the older format", arguments: [
        "", "*/*", "text/plain", "text/*", "application/openmetrics-text;q=0",
        "application/openmetrics-text;q=0.1, text/plain;q=0.9", "application/openmetrics-text;q=nonsense",
        "application/openmetrics-text;q=2", "application/openmetrics-textile", ",;,;q", "application/json",
    ])
    func prometheus(_ accept: String) {
        #expect(ScrapeFormat.negotiate(accept: accept) == .prometheus)
    }
}
