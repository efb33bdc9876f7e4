import Support
import Testing

@testable import Session

/// What plain answers come to, wherever they are cut (rows B7 and U17: hanging, endless, senseless answers, a 101 nobody asked for).
@Suite struct CheckAnswerTests {
    private typealias Verdicts = [CheckExchange.Action?]
    private let passed: [CheckExchange.Action?] = [.passed(farewell: [])]

    private func plan(
        method: String = "GET", _ statuses: [ClosedRange<Int>] = [200...299], body: String? = nil
    ) throws -> CheckPlan {
        try #require(CheckPlan(.http(HTTPCheck(method: method, path: "/healthz", host: "a", statuses: statuses, body: body))))
    }

    private func failed(_ failure: CheckFailure) -> [CheckExchange.Action?] { [.failed(failure)] }

    @Test func `tcp has passed once the connection stands, and asks nothing`() throws {
        let conversation = CheckConversation(try #require(CheckPlan(.tcp)))
        #expect(conversation.verdict == .passed(farewell: []) && conversation.sent.isEmpty)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nready!",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nready!HTTP/1.1 500 behind it\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.0 299 \r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n3;a=b\r\ndy!\r\n0\r\nX: y\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ])
    func `a wanted status and a whole body pass`(_ answer: String) throws {
        #expect(CheckConversation.verdicts(try plan(), answer) == passed)
    }

    @Test func `a body without a length ends with its connection`() throws {
        let answer = "HTTP/1.1 200 OK\r\n\r\nready"
        #expect(CheckConversation.verdicts(try plan(body: "ready"), answer) == [nil])
        #expect(CheckConversation.verdicts(try plan(body: "ready"), answer, ends: true) == passed)
        #expect(CheckConversation.verdicts(try plan(body: "steady"), answer, ends: true) == failed(.body))
    }

    @Test func `the body has to contain the text, its chunks put together`() throws {
        let plain = "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n{\"status\":\"aaaab\"}x"
        #expect(CheckConversation.verdicts(try plan(body: "aab"), plain) == passed)
        #expect(CheckConversation.verdicts(try plan(body: "\"}x"), plain) == passed)
        #expect(CheckConversation.verdicts(try plan(body: ""), plain) == passed)
        #expect(CheckConversation.verdicts(try plan(body: "aaaaab"), plain) == failed(.body))
        #expect(CheckConversation.verdicts(try plan(body: "status\":\"aaaab\"}xy"), plain) == failed(.body))
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n2\r\ndy\r\n0\r\n\r\n"
        #expect(CheckConversation.verdicts(try plan(body: "ready"), chunked) == passed)
        #expect(CheckConversation.verdicts(try plan(body: "rea\r\n"), chunked) == failed(.body))
        #expect(CheckConversation.verdicts(try plan(body: "x"), "HTTP/1.1 204 No Content\r\n\r\n") == failed(.body))
    }

    @Test func `HEAD is answered by a head alone`() throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        #expect(CheckConversation.verdicts(try plan(method: "HEAD"), answer) == passed)
        #expect(CheckConversation.verdicts(try plan(), answer) == [nil])
    }

    @Test func `a status that is not wanted fails, whatever follows`() throws {
        #expect(CheckConversation.verdicts(try plan(), "HTTP/1.1 302 Found\r\nContent-Length: 99\r\n\r\n") == failed(.status))
        #expect(CheckConversation.verdicts(try plan(), "HTTP/1.1 404 Not Found\r\n\r\n") == failed(.status))
        let several = try plan([200...204, 302...302, 404...404])
        #expect(CheckConversation.verdicts(several, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n") == passed)
        #expect(CheckConversation.verdicts(several, "HTTP/1.1 205 X\r\nContent-Length: 0\r\n\r\n") == failed(.status))
    }

    @Test func `an answer that ends too early is no answer`() throws {
        let plan = try plan()
        #expect(CheckConversation.verdicts(plan, "", ends: true) == failed(.closed))
        #expect(CheckConversation.verdicts(plan, "HTTP/1.1 200 OK\r\nContent-Le", ends: true) == failed(.closed))
        #expect(CheckConversation.verdicts(plan, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", ends: true) == failed(.closed))
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n0\r\n"
        #expect(CheckConversation.verdicts(plan, chunked, ends: true) == failed(.closed))
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nX-Tidegate-State: draining\r\n\r\n",
        String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 9),
    ])
    func `what is no answer fails`(_ answer: String) throws {
        #expect(CheckConversation.verdicts(try plan(), answer) == failed(.badAnswer))
    }

    @Test func `a backend that speaks before it is asked fails`() throws {
        var conversation = CheckConversation(try plan(), connects: false)
        conversation.hear([1])
        #expect(conversation.verdict == .failed(.badAnswer))
    }

    @Test func `a head that never ends is read for 16 KiB`() throws {
        var conversation = CheckConversation(try plan())
        conversation.hear(Array("HTTP/1.1 200 OK\r\nX: ".utf8))
        conversation.hear([UInt8](repeating: 0x61, count: 16 * 1024 - 21))
        #expect(conversation.verdict == nil && conversation.exchange.appetite == 1)
        conversation.hear([0x61])
        #expect(conversation.verdict == .failed(.badAnswer))
    }

    @Test func `of a body of any length 16 KiB are read, head included, and then judged`() throws {
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n".utf8)
        let passed = CheckExchange.Action.passed(farewell: [])
        for (text, verdict) in [(nil, passed), ("needle", passed), ("x", .failed(.body))] {
            var conversation = CheckConversation(try plan(body: text))
            conversation.hear(head + Array("needle".utf8))
            conversation.hear([UInt8](repeating: 0x61, count: 16 * 1024 - head.count - 7))
            #expect(conversation.verdict == nil && conversation.exchange.appetite == 1)
            // What lies beyond the bound is not looked at.
            conversation.hear(Array("ax".utf8))
            #expect(conversation.verdict == verdict && conversation.exchange.isCut)
        }
        var atOnce = CheckConversation(try plan(body: "x"))
        atOnce.hear(head + [UInt8](repeating: 0x61, count: 16 * 1024 - head.count) + [0x78])
        #expect(atOnce.verdict == .failed(.body) && atOnce.exchange.isCut)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nX-Tidegate-State: draining\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nx-tidegate-state:  Draining \r\n\r\n",
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 8\r\n\r\ndraining",
        "HTTP/1.1 503 Service Unavailable\r\n\r\nDRAINING, please go away",
        "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndrai\r\n5\r\nning.\r\n",
    ])
    func `a backend says that it drains, in a field or in the body of a 503`(_ answer: String) throws {
        #expect(CheckConversation.verdicts(try plan(), answer) == [.draining])
        #expect(CheckConversation.verdicts(try plan([503...503]), answer) == [.draining])
        let handshake = try #require(CheckPlan(.websocket(WebSocketCheck(host: "a"))))
        #expect(CheckConversation.verdicts(handshake, answer) == [.draining])
    }

    @Test func `other words do not drain`() throws {
        let plan = try plan()
        let drained = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 8\r\n\r\n"
        #expect(CheckConversation.verdicts(plan, drained + "drained!") == failed(.status))
        #expect(CheckConversation.verdicts(plan, drained + "drai", ends: true) == failed(.status))
        #expect(CheckConversation.verdicts(plan, "HTTP/1.1 500 X\r\nContent-Length: 8\r\n\r\ndraining") == failed(.status))
        let state = "HTTP/1.1 200 OK\r\nX-Tidegate-State: draining soon\r\nContent-Length: 0\r\n\r\n"
        #expect(CheckConversation.verdicts(plan, state) == passed)
        #expect(CheckConversation.verdicts(try self.plan([503...503], body: "drained"), drained + "drained!") == passed)
    }

    @Test func `at the deadline the check has failed for what was missing, and says nothing more`() throws {
        var plain = CheckConversation(try plan())
        plain.hear(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".utf8))
        var exchange = plain.exchange
        #expect(exchange.timedOut() == .timeout && exchange.status == 200)
        #expect(exchange.received([0x61].span) == .wait && exchange.ended() == .wait && exchange.connected() == .wait)

        var unavailable = CheckConversation(try plan())
        unavailable.hear(Array("HTTP/1.1 503 X\r\nContent-Length: 10\r\n\r\ndrain".utf8))
        exchange = unavailable.exchange
        #expect(exchange.timedOut() == .status)
    }
}
