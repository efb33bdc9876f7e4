import Support
import Testing
import Wire

@testable import Session

@Suite struct PlainExchangeTests {
    private static let second: UInt64 = 1_000_000_000
    private static func span(_ seconds: UInt64) -> Moment.Span { Moment.Span(nanoseconds: seconds * second) }
    private func at(_ seconds: UInt64) -> Moment { Moment(nanoseconds: seconds * Self.second) }

    private let rules = ExchangeRules(
        handshake: span(10), response: span(300), keepAlive: span(60), body: span(30), idle: span(900), halfClose: span(20))

    private func exchange(isLater: Bool = false) -> Exchange { Exchange(rules: rules, deadline: at(isLater ? 60 : 10), isLater: isLater) }

    private func refusal(_ action: Exchange.Action) -> UInt16? { if case .refuse(let refusal, _) = action { refusal.status } else { nil } }
    private func isWaiting(_ action: Exchange.Action) -> Bool { if case .wait = action { true } else { false } }
    private func reason(_ action: Exchange.Action) -> String? { if case .abandon(let reason) = action { reason.description } else { nil } }

    /// An exchange whose request is with the backend since second 1.
    private func asked(_ text: String = "GET / HTTP/1.1\r\nHost: a\r\n\r\n") -> Exchange {
        let exchange = exchange()
        guard case .route(_, .answer) = exchange.clientSent(Array(text.utf8).span, now: at(0)) else {
            Issue.record("not routed")
            return exchange
        }
        exchange.dialing(until: at(3))
        exchange.connected(now: at(1))
        return exchange
    }

    private func answered(_ exchange: Exchange, _ text: String, now: UInt64 = 1) -> Exchange.Action {
        exchange.backendSent(Array(text.utf8).span, expectedAccept: [], now: at(now))
    }

    private func relaying(_ fields: String, request: String = "GET / HTTP/1.1\r\nHost: a\r\n\r\n") -> Exchange {
        let exchange = asked(request)
        guard case .relayAnswer = answered(exchange, "HTTP/1.1 200 OK\r\n\(fields)\r\n") else {
            Issue.record("not relayed")
            return exchange
        }
        return exchange
    }

    private func body(_ exchange: Exchange, _ text: String, now: UInt64 = 2) -> BodyFollower.Progress {
        exchange.answerBytes(Array(text.utf8).span, now: at(now))
    }

    @Test func `a request's body is followed to its end, and what is behind it is the next request's`() {
        let exchange = asked("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
        #expect(!exchange.isRequestComplete && exchange.requestBytes(Array("abc".utf8).span, now: at(2)) == .more(3))
        #expect(exchange.requestBytes(Array("deGET".utf8).span, now: at(2)) == .done(2) && exchange.isRequestComplete)
        #expect(exchange.requestBytes(Array("GET".utf8).span, now: at(2)) == .done(0))
    }

    @Test func `a later request has its time from its first byte, and until then the time between two requests`() {
        let exchange = exchange(isLater: true)
        #expect(exchange.nextDeadline() == at(60))
        #expect(reason(exchange.expired(now: at(60))) == "keep_alive")
        let begun = self.exchange(isLater: true)
        #expect(isWaiting(begun.clientSent(Array("GET".utf8).span, now: at(50))) && begun.nextDeadline() == at(60))
        #expect(refusal(begun.expired(now: at(60))) == 408)
    }

    @Test func `an answer may take as long as a response may, counted from the whole request`() {
        let exchange = asked()
        #expect(exchange.nextDeadline() == at(301) && isWaiting(exchange.expired(now: at(300))))
        #expect(refusal(exchange.expired(now: at(301))) == 504)
    }

    @Test func `a body that brings next to nothing is too slow, one that goes on is not`() {
        let slow = asked("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        for second in 2..<31 { _ = slow.requestBytes(Array("x".utf8).span, now: at(UInt64(second))) }
        #expect(slow.nextDeadline() == at(31) && refusal(slow.expired(now: at(31))) == 408)
        let steady = asked("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        _ = steady.requestBytes([UInt8](repeating: 1, count: 2000).span, now: at(30))
        #expect(isWaiting(steady.expired(now: at(31))) && steady.nextDeadline() == at(61))
        #expect(refusal(steady.expired(now: at(61))) == 408)
    }

    @Test func `while the backend takes nothing the client is not to blame`() {
        let exchange = asked("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        let pressure = Exchange.Pressure(backendTookAt: at(20))
        #expect(exchange.nextDeadline(pressure) == at(50) && isWaiting(exchange.expired(now: at(31), pressure: pressure)))
        #expect(refusal(exchange.expired(now: at(50), pressure: pressure)) == 504)
    }

    @Test func `who waits for 100 Continue is waited for as long as the backend may take`() {
        let exchange = asked("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(exchange.nextDeadline() == at(301))
        guard case .relayInterim(let head) = answered(exchange, "HTTP/1.1 100 Continue\r\n\r\n", now: 200) else {
            return #expect(Bool(false), "no 100")
        }
        #expect(head.status == 100 && exchange.nextDeadline() == at(230))
    }

    @Test func `a 101 that nobody asked for is a 502`() {
        let exchange = asked()
        #expect(refusal(answered(exchange, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n")) == 502)
    }

    @Test func `interim answers go to clients that know them`() {
        let old = asked("GET / HTTP/1.0\r\n\r\n")
        guard case .skip = answered(old, "HTTP/1.1 103 Early Hints\r\n\r\n") else { return #expect(Bool(false), "passed on") }
        let new = asked()
        guard case .relayInterim = answered(new, "HTTP/1.1 103 Early Hints\r\n\r\n") else { return #expect(Bool(false), "dropped") }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true), ("PUT / HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", false), ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", false),
    ])
    func `only what may be sent twice is sent again when a kept connection had ended`(request: String, isSentAgain: Bool) {
        let kept = asked(request)
        let action = kept.backendEnded(wasKept: true, now: at(1))
        if case .retry = action { #expect(isSentAgain) } else { #expect(!isSentAgain && refusal(action) == 502) }
        let fresh = asked(request)
        #expect(refusal(fresh.backendEnded(now: at(1))) == 502)
        let heard = asked(request)
        _ = answered(heard, "H")
        #expect(refusal(heard.backendEnded(wasKept: true, now: at(1))) == 502)
    }

    @Test func `the connection goes on after a whole exchange, and only then`() {
        #expect(!relaying("Content-Length: 3\r\n").endsConnection && !relaying("Transfer-Encoding: chunked\r\n").endsConnection)
        #expect(relaying("").endsConnection)
        #expect(relaying("Content-Length: 3\r\n", request: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").endsConnection)
        #expect(relaying("Content-Length: 3\r\n", request: "GET / HTTP/1.0\r\nHost: a\r\n\r\n").endsConnection)
        #expect(relaying("Content-Length: 3\r\n", request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n").endsConnection)
    }

    @Test func `a client that has said all may end, and is waited for a while`() {
        let exchange = asked()
        #expect(isWaiting(exchange.clientEnded(politely: true, now: at(5))) && exchange.nextDeadline() == at(25))
        guard case .relayAnswer = answered(exchange, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", now: 20) else {
            return #expect(Bool(false), "no answer")
        }
        #expect(body(exchange, "abc", now: 30) == .more(3) && exchange.nextDeadline() == at(50))
        #expect(reason(exchange.expired(now: at(50))) == "client_closed")
        let rude = asked()
        #expect(reason(rude.clientEnded(politely: false, now: at(5))) == "client_closed")
        let halfway = asked("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
        #expect(reason(halfway.clientEnded(politely: true, now: at(5))) == "client_closed")
    }

    @Test func `an answer that stalls is given up, an event stream has the patience of a tunnel`() {
        let plain = relaying("Content-Length: 9\r\n")
        #expect(plain.nextDeadline() == at(301) && reason(plain.expired(now: at(301))) == "response_timeout")
        let events = relaying("Content-Type: text/event-stream\r\n")
        #expect(events.answerIsEventStream && events.nextDeadline() == at(901) && reason(events.expired(now: at(901))) == "idle")
        let stalled = relaying("Content-Length: 9\r\n")
        let pressure = Exchange.Pressure(clientTookAt: at(5))
        #expect(stalled.nextDeadline(pressure) == at(35) && isWaiting(stalled.expired(now: at(34), pressure: pressure)))
        #expect(reason(stalled.expired(now: at(35), pressure: pressure)) == "client_stalled")
    }

    private func said(_ exchange: Exchange, now: UInt64) -> String? {
        let pressure = Exchange.Pressure(comment: Self.span(15))
        guard case .say(let bytes) = exchange.expired(now: at(now), pressure: pressure) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a silent event stream gets a comment, framed as it is, and never inside an event`() {
        let open = relaying("Content-Type: text/event-stream\r\n")
        #expect(open.nextDeadline(.init(comment: Self.span(15))) == at(16))
        #expect(said(open, now: 15) == nil && said(open, now: 16) == ": ping\n\n" && said(open, now: 30) == nil)
        _ = body(open, "data: x\n", now: 31)
        #expect(said(open, now: 46) == nil)
        _ = body(open, "\n", now: 47)
        #expect(said(open, now: 62) == ": ping\n\n")
        let chunked = relaying("Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n")
        _ = body(chunked, "9\r\ndata: x\n\n\r", now: 20)
        #expect(said(chunked, now: 35) == nil)
        _ = body(chunked, "\n", now: 36)
        #expect(said(chunked, now: 51) == "8\r\n: ping\n\n\r\n")
        let counted = relaying("Content-Type: text/event-stream\r\nContent-Length: 99\r\n")
        #expect(said(counted, now: 60) == nil)
        let packed = relaying("Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n")
        #expect(said(packed, now: 60) == nil)
    }

    @Test func `an event stream ends between two events as its backend would have ended it`() {
        let chunked = relaying("Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n")
        #expect(chunked.farewell == Array("0\r\n\r\n".utf8))
        _ = body(chunked, "8\r\ndata: x\n\r\n")
        #expect(chunked.farewell == nil)
        _ = body(chunked, "1\r\n\n\r\n")
        #expect(chunked.farewell == Array("0\r\n\r\n".utf8))
        #expect(relaying("Content-Type: text/event-stream\r\n").farewell == [])
        #expect(relaying("Content-Length: 3\r\n").farewell == nil)
    }
}
