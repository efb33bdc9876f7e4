import Support
import Testing

@testable import Session

/// Answers with wrong bytes in them: whatever they are, the verdict is the same in one piece and in many, and nothing traps.
@Suite struct CheckFuzzTests {
    private static let answers: [String] = [
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n3;a=b\r\ndy!\r\n0\r\nX: y\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Tidegate-State: ready\r\n\r\nready!",
        "HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndrai\r\n5\r\nning.\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nready",
    ]
    private static let switching = Array(
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n").utf8)
    private static let frames =
        TestFrame(0x01, Array("hello re".utf8), masked: false).bytes + TestFrame(0x89, [1, 2], masked: false).bytes
        + TestFrame(0x80, Array("ady!".utf8), masked: false, form: .two).bytes
        + TestFrame(0x82, [UInt8](repeating: 7, count: 200), masked: false, form: .eight).bytes
        + TestFrame(0x81, Array("ready".utf8), masked: false).bytes + TestFrame.close(1000, masked: false).bytes

    @Test func `one verdict, however the answer is cut`() throws {
        let plain = try #require(CheckPlan(.http(HTTPCheck(host: "a", body: "ready"))))
        let tunnel = try #require(CheckPlan(.websocket(WebSocketCheck(host: "a", ping: true, send: "hi", expect: "ready!"))))
        var verdicts: [CheckExchange.Action] = []
        for seed in Seeds.upTo(2000) {
            var random = SeededRandom(seed: seed)
            let isTunnel = random.chance(percent: 50)
            var answer = isTunnel ? Self.switching + Self.frames : Array(Self.answers[random.below(Self.answers.count)].utf8)
            for _ in 0..<random.below(3) {
                let place = (isTunnel && random.chance(percent: 80) ? Self.switching.count : 0) + random.below(Self.frames.count)
                guard place < answer.count else { continue }
                answer[place] = random.chance(percent: 50) ? UInt8(truncatingIfNeeded: random.next()) : answer[place] ^ 1
            }
            let ends = random.chance(percent: 50)
            let whole = verdict(isTunnel ? tunnel : plain, [answer], ends)
            let pieces = verdict(isTunnel ? tunnel : plain, random.pieces(answer, largest: 40), ends)
            #expect(whole == pieces, "TIDEGATE_SEED=\(seed)")
            if let whole, !verdicts.contains(whole) { verdicts.append(whole) }
        }
        // The seeds reach what they are for.
        if Seeds.upTo(2000).count > 1 {
            for reached in [CheckFailure.badAnswer, .badHandshake, .status, .body, .closed] { #expect(verdicts.contains(.failed(reached))) }
            #expect(verdicts.contains(.draining) && verdicts.contains(.passed(farewell: [])))
        }
    }

    private func verdict(_ plan: CheckPlan, _ pieces: [[UInt8]], _ ends: Bool) -> CheckExchange.Action? {
        var conversation = CheckConversation(plan)
        for piece in pieces { conversation.hear(piece) }
        if ends { conversation.end() }
        return conversation.verdict
    }
}
