import Testing
import Wire

@testable import Session

/// A kept connection uses one exchange again and again.
@Suite struct LaterExchangeTests {
    private static func span(_ seconds: UInt64) -> Moment.Span { Moment.Span(nanoseconds: seconds * 1_000_000_000) }
    private func at(_ seconds: UInt64) -> Moment { Moment(nanoseconds: seconds * 1_000_000_000) }

    private let former = ExchangeRules(handshake: span(10), response: span(300))
    private let rules = ExchangeRules(handshake: span(20), keepAlive: span(60), body: span(30))

    /// One to which the client has said this, and its backend that.
    private func used(_ request: String, _ answers: String...) -> Exchange {
        let exchange = Exchange(rules: former, deadline: at(10))
        _ = exchange.clientSent(Array(request.utf8).span, now: at(1))
        exchange.dialing(until: at(3))
        guard !answers.isEmpty else { return exchange }
        exchange.connected(now: at(2))
        for answer in answers { _ = exchange.backendSent(Array(answer.utf8).span, expectedAccept: [], now: at(3)) }
        return exchange
    }

    /// All that can be left of an exchange, in one or another of them.
    private func leftovers() -> [Exchange] {
        let head = "HTTP/1.1\r\nHost: a\r\n"
        return [
            used("GET / HTTP/1.1\r\nHo"),
            used("POST / \(head)Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n", ""),
            used("GET / \(head)\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 2"),
            used("GET / \(head)\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"),
            used("GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"),
            used(ExchangeModel.upgrade),
        ]
    }

    private func facts(_ exchange: Exchange) -> [String: String] {
        var facts: [String: String] = [:]
        for child in Mirror(reflecting: exchange).children {
            var text = ""
            dump(child.value, to: &text)
            facts[child.label ?? ""] = text
        }
        return facts
    }

    @Test func `an exchange that begins in the place of another has nothing of it`() {
        let fresh = facts(Exchange(rules: rules, deadline: at(60), isLater: true))
        for exchange in leftovers() {
            exchange.beginLater(rules: rules, deadline: at(60))
            #expect(facts(exchange) == fresh)
        }
    }

    @Test func `there is no fact that the test of this would not notice`() {
        let fresh = facts(Exchange(rules: rules, deadline: at(60), isLater: true))
        let used = leftovers().map(facts)
        for (name, value) in fresh { #expect(used.contains { $0[name] != value }, "\(name)") }
    }

    @Test func `it takes a request and its answer like the first`() {
        let body: [UInt8] = [1, 2]
        for exchange in leftovers() {
            exchange.beginLater(rules: rules, deadline: at(60))
            #expect(exchange.nextDeadline() == at(60))
            guard case .route(let head, .answer) = exchange.clientSent(Array("PUT /b HTTP/1.1\r\nHost: b\r\n\r\n".utf8).span, now: at(50))
            else { return #expect(Bool(false), "not routed") }
            #expect(head.target.path == Array("/b".utf8) && exchange.nextDeadline() == at(70))
            exchange.connected(now: at(51))
            guard case .relayAnswer = exchange.backendSent(
                Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".utf8).span, expectedAccept: [], now: at(52))
            else { return #expect(Bool(false), "not relayed") }
            #expect(exchange.answerBytes(body.span, now: at(53)) == .done(2) && !exchange.endsConnection)
        }
    }
}
