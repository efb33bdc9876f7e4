import Support
import Testing
import Wire

@testable import Session

@Suite struct ExchangeTests {
    private static let accept = Array("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".utf8)
    private static let second: UInt64 = 1_000_000_000
    private let request = Array(ExchangeModel.upgrade.utf8)

    private func at(_ seconds: UInt64) -> Moment { Moment(nanoseconds: seconds * Self.second) }
    private func exchange() -> Exchange {
        Exchange(rules: ExchangeRules(handshake: Moment.Span(nanoseconds: 10 * Self.second)), deadline: at(10))
    }

    private func isWaiting(_ action: Exchange.Action) -> Bool { if case .wait = action { true } else { false } }
    private func refusal(_ action: Exchange.Action) -> UInt16? { if case .refuse(let refusal, _) = action { refusal.status } else { nil } }

    /// An exchange whose request is with the backend.
    private func awaitingAnswer() -> Exchange {
        let exchange = exchange()
        _ = exchange.clientSent(request.span, now: at(0))
        exchange.dialing(until: at(3))
        exchange.connected(now: at(0))
        return exchange
    }

    @Test func `the request is routed once it is whole, and what comes later waits for the tunnel`() {
        let exchange = exchange()
        for count in 1..<request.count { #expect(isWaiting(exchange.clientSent(Array(request.prefix(count)).span, now: at(0)))) }
        guard case .route(let head, _) = exchange.clientSent((request + [1, 2]).span, now: at(0)) else { return #expect(Bool(false), "no route") }
        #expect(head.length == request.count)
        #expect(isWaiting(exchange.clientSent((request + [1, 2, 3]).span, now: at(0))))
    }

    @Test func `no byte moves the deadline: silence ends without an answer, half a head with 408`() {
        let silent = exchange()
        #expect(silent.nextDeadline() == at(10) && isWaiting(silent.expired(now: at(9))))
        guard case .abandon = silent.expired(now: at(10)) else { return #expect(Bool(false), "answered") }
        let slow = exchange()
        for count in 1..<40 {
            _ = slow.clientSent(Array(request.prefix(count)).span, now: at(0))
            #expect(slow.nextDeadline() == at(10))
        }
        #expect(refusal(slow.expired(now: at(10))) == 408)
        #expect(isWaiting(slow.clientSent(request.span, now: at(0))) && slow.nextDeadline() == .never)
    }

    @Test func `a dial that takes too long is followed by the next, until the whole deadline answers 504`() {
        let exchange = exchange()
        _ = exchange.clientSent(request.span, now: at(0))
        exchange.dialing(until: at(3))
        #expect(exchange.nextDeadline() == at(3) && isWaiting(exchange.expired(now: at(2))))
        guard case .dialNext = exchange.expired(now: at(3)) else { return #expect(Bool(false), "no next dial") }
        exchange.dialing(until: at(60))
        #expect(exchange.nextDeadline() == at(10) && refusal(exchange.expired(now: at(10))) == 504)
    }

    @Test func `a backend that accepts and says nothing is a 504 at the deadline, one that ends a 502`() {
        let hanging = awaitingAnswer()
        #expect(hanging.nextDeadline() == at(10) && isWaiting(hanging.expired(now: at(9))))
        #expect(refusal(hanging.expired(now: at(10))) == 504)
        let closed = awaitingAnswer()
        #expect(refusal(closed.backendEnded(now: at(1))) == 502 && isWaiting(closed.backendEnded(now: at(1))))
    }

    @Test func `a 101 opens the tunnel, split at every byte, and the bytes behind it are not its head`() {
        let answer = Array(ExchangeModel.switching.utf8)
        for cut in 0..<answer.count {
            let exchange = awaitingAnswer()
            #expect(isWaiting(exchange.backendSent(Array(answer.prefix(cut)).span, expectedAccept: Self.accept, now: at(0))))
            guard case .openTunnel(let head, let extensions, let subprotocol) = exchange.backendSent((answer + [0x81, 0]).span, expectedAccept: Self.accept, now: at(0))
            else { return #expect(Bool(false), "no tunnel at cut \(cut)") }
            #expect(head.length == answer.count && !extensions && subprotocol == nil)
        }
    }

    @Test func `interim answers are skipped, but not for ever`() {
        let exchange = awaitingAnswer()
        let interim = Array("HTTP/1.1 103 Early Hints\r\n\r\n".utf8)
        for _ in 0..<16 {
            guard case .skip(let count) = exchange.backendSent(interim.span, expectedAccept: Self.accept, now: at(0)) else {
                return #expect(Bool(false), "not skipped")
            }
            #expect(count == interim.count)
        }
        #expect(refusal(exchange.backendSent(interim.span, expectedAccept: Self.accept, now: at(0))) == 502)
    }

    private func body(_ head: String) -> Exchange {
        let exchange = awaitingAnswer()
        guard case .relayAnswer = exchange.backendSent(Array(head.utf8).span, expectedAccept: Self.accept, now: at(0)) else {
            Issue.record("not relayed")
            return exchange
        }
        return exchange
    }

    private func progress(_ exchange: Exchange, _ text: String) -> BodyFollower.Progress { exchange.answerBytes(Array(text.utf8).span, now: at(0)) }

    @Test func `a body of known length is passed on exactly, and nothing behind it ever`() {
        let exchange = body("HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\n")
        #expect(progress(exchange, "abc") == .more(3) && progress(exchange, "") == .more(0))
        #expect(progress(exchange, "deHTTP/1.1 200 OK") == .done(2))
        #expect(progress(exchange, "more") == .done(0))
        for status in ["204 No Content", "304 Not Modified"] {
            let empty = body("HTTP/1.1 \(status)\r\nContent-Length: 5\r\n\r\n")
            #expect(progress(empty, "abc") == .done(0))
        }
    }

    @Test func `a chunked body ends with its last chunk, and a broken one never cleanly`() {
        let exchange = body("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(progress(exchange, "3\r\nabc\r\n0\r\n") == .more(11))
        #expect(progress(exchange, "\r\nbehind") == .done(2) && progress(exchange, "more") == .done(0))
        let broken = body("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(progress(broken, "zz\r\n") == .broken(.badSize))
    }

    @Test func `only a body without framing is complete when its connection ends`() {
        let framed = ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", ""]
        for fields in framed {
            let exchange = body("HTTP/1.1 500 No\r\n\(fields)\r\n")
            guard case .abandon(let reason) = exchange.backendEnded(now: at(1)) else { return #expect(Bool(false), "no end") }
            #expect((reason.description == "complete") == fields.isEmpty)
        }
    }

    @Test func `a client that goes is abandoned in every stage, and then nothing happens any more`() {
        let exchanges = [exchange(), awaitingAnswer(), body("HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\n")]
        for index in exchanges.indices {
            guard case .abandon = exchanges[index].clientEnded(politely: true, now: at(1)) else { return #expect(Bool(false), "not abandoned") }
            #expect(isWaiting(exchanges[index].backendSent(Array(ExchangeModel.switching.utf8).span, expectedAccept: Self.accept, now: at(0))))
            #expect(isWaiting(exchanges[index].expired(now: at(100))) && isWaiting(exchanges[index].backendEnded(now: at(1))))
            #expect(progress(exchanges[index], "x") == .broken(.badSize))
        }
    }
}
