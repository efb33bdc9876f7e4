import Support
import Testing

@testable import Session

/// What follows a handshake, wherever it is cut (row U14: a 101 with another accept, or none).
@Suite struct CheckTunnelTests {
    private static let switching =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    private let head = Array((Self.switching + "\r\n").utf8)

    private func plan(
        ping: Bool = false, send: String? = nil, expect: String? = nil, subprotocol: String? = nil
    ) throws -> CheckPlan {
        try #require(CheckPlan(.websocket(WebSocketCheck(host: "a", subprotocol: subprotocol, ping: ping, send: send, expect: expect))))
    }

    private func text(_ text: String) -> [UInt8] { TestFrame.text(text, masked: false).bytes }

    /// The frames that a passed check has said, all of them masked.
    private func farewell(_ verdicts: [CheckExchange.Action?]) -> [TestFrame]? {
        guard verdicts.count == 1, case .passed(let bytes) = verdicts[0] else { return nil }
        let (frames, used) = TestFrame.parse(bytes)
        return used == bytes.count && frames.allSatisfy { $0.key != nil } ? frames : nil
    }

    /// The frames that were asked with, once the handshake is through.
    private func question(_ plan: CheckPlan) throws -> [TestFrame] {
        var conversation = CheckConversation(plan)
        let request = conversation.sent.count
        conversation.hear(head)
        let (frames, used) = TestFrame.parse(Array(conversation.sent[request...]))
        #expect(used == conversation.sent.count - request && frames.allSatisfy { $0.key != nil })
        return frames
    }

    @Test func `a right 101 passes, and a Close says goodbye`() throws {
        let frames = try #require(farewell(CheckConversation.verdicts(try plan(), head)))
        #expect(frames.map(\.closeCode) == [1000])
        // What the backend says of its own does not matter.
        #expect(farewell(CheckConversation.verdicts(try plan(), head + text("hello")))?.count == 1)
    }

    @Test(arguments: [
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        switching + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        switching + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
        switching + "Sec-WebSocket-Protocol: chat\r\n\r\n",
    ])
    func `a wrong 101 fails`(_ answer: String) throws {
        #expect(CheckConversation.verdicts(try plan(), answer) == [.failed(.badHandshake)])
    }

    @Test func `a subprotocol that was offered has to be chosen`() throws {
        let plan = try plan(subprotocol: "chat")
        #expect(CheckConversation.verdicts(plan, head) == [.failed(.badHandshake)])
        let chosen = Self.switching + "Sec-WebSocket-Protocol: chat\r\n\r\n"
        #expect(farewell(CheckConversation.verdicts(plan, chosen)) != nil)
        let other = Self.switching + "Sec-WebSocket-Protocol: Chat\r\n\r\n"
        #expect(CheckConversation.verdicts(plan, other) == [.failed(.badHandshake)])
    }

    @Test func `a plain answer to a handshake fails, a wanted status or not`() throws {
        #expect(CheckConversation.verdicts(try plan(), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == [.failed(.status)])
        #expect(CheckConversation.verdicts(try plan(), "HTTP/1.1 503 X\r\nContent-Length: 4\r\n\r\nbusy") == [.failed(.status)])
        #expect(CheckConversation.verdicts(try plan(), "220 smtp\r\n") == [.failed(.badAnswer)])
    }

    @Test func `a 101 may say that the backend drains`() throws {
        #expect(CheckConversation.verdicts(try plan(), Self.switching + "X-Tidegate-State: draining\r\n\r\n") == [.draining])
    }

    @Test func `a ping wants its own pong`() throws {
        let plan = try plan(ping: true)
        let question = try self.question(plan)
        #expect(question.map(\.first) == [0x89] && question[0].payload.count == 8)
        let pong = TestFrame(0x8A, question[0].payload, masked: false).bytes
        let other = TestFrame(0x8A, Array("otherone".utf8), masked: false).bytes
        let ping = TestFrame(0x89, [1], masked: false).bytes
        let noise = text("tick") + ping + other + TestFrame(0x82, [2], masked: false, form: .eight).bytes
        #expect(farewell(CheckConversation.verdicts(plan, head + noise + pong))?.map(\.closeCode).last == 1000)
        #expect(CheckConversation.verdicts(plan, head + noise) == [nil])
        #expect(CheckConversation.verdicts(plan, head + noise, ends: true) == [.failed(.closed)])
        var exchange = CheckConversation(plan).exchange
        #expect(exchange.received((head + noise).span) != .wait && exchange.timedOut() == .noPong)
    }

    @Test func `a pong in the middle of a message in fragments counts`() throws {
        let plan = try plan(ping: true, send: "hi", expect: "world")
        let question = try self.question(plan)
        #expect(question.map(\.first) == [0x89, 0x81] && question[1].payload == Array("hi".utf8))
        let frames =
            TestFrame(0x01, Array("hello wo".utf8), masked: false).bytes + TestFrame(0x8A, question[0].payload, masked: false).bytes
            + TestFrame(0x00, [], masked: false).bytes + TestFrame(0x80, Array("rld!".utf8), masked: false, form: .two).bytes
        #expect(farewell(CheckConversation.verdicts(plan, head + frames)) != nil)
        // One of the two alone is not enough.
        #expect(CheckConversation.verdicts(plan, head + text("world")) == [nil])
        #expect(CheckConversation.verdicts(plan, head + frames.dropLast()) == [nil])
    }

    @Test func `a text is sent, masked, and the expected one awaited among others`() throws {
        let plan = try plan(send: String(repeating: "x", count: 300), expect: "pong")
        let question = try self.question(plan)
        #expect(question.map(\.first) == [0x81] && question[0].payload == [UInt8](repeating: 0x78, count: 300))
        #expect(farewell(CheckConversation.verdicts(plan, head + text("welcome") + text("{\"pong\":1}"))) != nil)
        let binary = TestFrame(0x82, Array("pong".utf8), masked: false).bytes
        #expect(CheckConversation.verdicts(plan, head + text("po") + text("ng") + binary) == [nil])
        var exchange = CheckConversation(plan).exchange
        #expect(exchange.received(head.span) != .wait && exchange.timedOut() == .noExpected)
    }

    @Test func `a backend that greets needs no question`() throws {
        #expect(try question(plan(expect: "hello")).isEmpty)
        #expect(farewell(CheckConversation.verdicts(try plan(expect: ""), head + text("any")))?.count == 1)
        #expect(CheckConversation.verdicts(try plan(expect: ""), head) == [nil])
    }

    @Test func `a text to send, and none to expect: it is said with the goodbye`() throws {
        let frames = try #require(farewell(CheckConversation.verdicts(try plan(send: "bye"), head)))
        #expect(frames.map(\.first) == [0x81, 0x88] && frames[0].payload == Array("bye".utf8))
    }

    @Test func `a Close before the answer fails`() throws {
        let close = TestFrame.close(1011, "no", masked: false).bytes
        #expect(CheckConversation.verdicts(try plan(expect: "x"), head + close + text("x")) == [.failed(.closed)])
        #expect(CheckConversation.verdicts(try plan(expect: "x"), head + text("x") + close).count == 1)
    }

    @Test(arguments: [
        TestFrame(0x81, Array("x".utf8), masked: true),
        TestFrame(0xC1, Array("x".utf8), masked: false),
        TestFrame(0x83, [], masked: false),
        TestFrame(0x8B, [], masked: false),
        TestFrame(0x80, Array("x".utf8), masked: false),
        TestFrame(0x09, [], masked: false),
        TestFrame(0x89, [UInt8](repeating: 0, count: 126), masked: false),
        TestFrame(0x82, [], masked: false, form: .eight, announced: 1 << 63),
    ])
    func `what is no frame fails`(_ frame: TestFrame) throws {
        #expect(CheckConversation.verdicts(try plan(expect: "x"), head + frame.bytes + text("x")) == [.failed(.badAnswer)])
    }

    @Test func `a message that begins inside another fails`() throws {
        let frames = TestFrame(0x01, [1], masked: false).bytes + text("x")
        #expect(CheckConversation.verdicts(try plan(expect: "x"), head + frames) == [.failed(.badAnswer)])
    }

    @Test func `a message of more than 16 KiB is passed over, in one frame or in many`() throws {
        func verdict(_ frames: [UInt8]) throws -> CheckExchange.Action? {
            var conversation = CheckConversation(try plan(expect: "needle"))
            conversation.hear(head)
            conversation.hear(frames)
            return conversation.verdict
        }
        let filling = String(repeating: "a", count: 16 * 1024 - 6)
        #expect(try verdict(text(filling + "needle")) != nil)
        #expect(try verdict(text("a" + filling + "needle")) == nil)
        let half = TestFrame(0x01, Array(filling.utf8), masked: false).bytes
        #expect(try verdict(half + TestFrame(0x80, Array("needle".utf8), masked: false).bytes) != nil)
        #expect(try verdict(half + TestFrame(0x80, Array("a needle".utf8), masked: false).bytes) == nil)
        #expect(try verdict(half + TestFrame(0x80, Array("a needle".utf8), masked: false).bytes + text("needle")) != nil)
    }

    @Test func `a backend that talks without end is not listened to for ever`() throws {
        var conversation = CheckConversation(try plan(expect: "needle"))
        conversation.hear(head)
        let frame = TestFrame(0x82, [UInt8](repeating: 0, count: 8192), masked: false).bytes
        for _ in 0..<31 { conversation.hear(frame) }
        #expect(conversation.verdict == nil)
        conversation.hear(frame)
        #expect(conversation.verdict == .failed(.noExpected) && conversation.exchange.isCut)
        // One frame of 2^62 bytes is no different.
        var endless = CheckConversation(try plan(ping: true))
        endless.hear(head + TestFrame(0x82, [], masked: false, form: .eight, announced: 1 << 62).bytes)
        for _ in 0..<32 { endless.hear([UInt8](repeating: 0, count: 8192)) }
        #expect(endless.verdict == .failed(.noPong))
    }
}
