import Support
import Testing

@testable import Session

/// How a tunnel ends, one way after the other: what is said to whom, and what happens next.
@Suite struct RelayingClosingTests {
    private func frame(_ side: Side, _ text: String = "hello") -> [UInt8] { TestFrame.text(text, masked: side == .client).bytes }
    private func close(_ side: Side, _ code: UInt16 = 1000) -> [UInt8] { TestFrame.close(code, "x", masked: side == .client).bytes }

    @Test(arguments: Side.allCases)
    func `a close and its answer pass unchanged, then FIN follows FIN`(first: Side) {
        var tunnel = ModelDriver(rules: .test())
        tunnel.receive(first, frame(first) + close(first, 4001))
        #expect(tunnel.sent[first.other] == frame(first) + close(first, 4001))
        #expect(tunnel.relaying.reason == CloseReason(first, .peerClosed, code: .init(rawValue: 4001), text: Array("x".utf8)))
        tunnel.receive(first.other, close(first.other, 4002))
        #expect(tunnel.sent[first] == close(first.other, 4002))
        #expect(!tunnel.finAsked.client && !tunnel.finAsked.backend)
        tunnel.end(.backend, .fin)
        #expect(tunnel.finAsked.client && !tunnel.finAsked.backend && !tunnel.isFinished)
        tunnel.end(.client, .fin)
        #expect(tunnel.finAsked.backend && tunnel.isFinished && !tunnel.wasReset)
        #expect(tunnel.marks.client.isEmpty && tunnel.marks.backend.isEmpty)
        #expect(tunnel.relaying.reason?.code.rawValue == 4001)
    }

    @Test func `a drain tells the client 1012, waits for its answer, and tells the backend 1001 instead`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.close(.drain)
        #expect(tunnel.closes(.client) == [.serviceRestart] && tunnel.closes(.backend).isEmpty)
        #expect(tunnel.relaying.reason?.party == .proxy && tunnel.relaying.reason?.code == .serviceRestart)
        // What the client had under way still arrives; what the backend says does not.
        tunnel.receive(.client, frame(.client, "late"))
        tunnel.receive(.backend, frame(.backend, "too late"))
        #expect(tunnel.sent.backend == frame(.client, "late"))
        #expect(!tunnel.relaying.clientLeftPolitely)
        tunnel.receive(.client, close(.client, 1012) + frame(.client, "after"))
        #expect(tunnel.closes(.backend) == [.goingAway] && tunnel.closes(.client) == [.serviceRestart])
        #expect(tunnel.marks.backend.last?.range.upperBound == tunnel.sent.backend.count)
        #expect(tunnel.relaying.clientLeftPolitely && tunnel.finAsked.client && !tunnel.finAsked.backend)
        tunnel.receive(.backend, close(.backend, 1001))
        #expect(tunnel.finAsked.backend && !tunnel.isFinished)
        tunnel.end(.backend, .fin)
        tunnel.end(.client, .fin)
        #expect(tunnel.isFinished && !tunnel.wasReset)
        #expect(tunnel.sent.client.count == tunnel.marks.client[0].range.upperBound)
    }

    @Test func `a drain while a large frame is half sent waits for its boundary and puts the close there`() {
        let large = TestFrame(0x82, [UInt8](repeating: 0x88, count: 70_000), masked: false).bytes
        for cut in [5, 10, 11, 69_000, large.count - 1] {
            var tunnel = ModelDriver(rules: .test())
            tunnel.receive(.backend, Array(large[..<cut]))
            tunnel.close(.drain)
            let waits = cut >= 10
            #expect(tunnel.closes(.client).isEmpty == waits, "cut \(cut)")
            tunnel.receive(.backend, Array(large[cut...]) + frame(.backend))
            #expect(tunnel.closes(.client) == [.serviceRestart])
            let place = waits ? large.count : 0
            #expect(tunnel.marks.client[0].range.lowerBound == place && tunnel.sent.client.prefix(place) == large.prefix(place))
            #expect(tunnel.sent.client.count == tunnel.marks.client[0].range.upperBound)
        }
    }

    @Test func `the client's answer to a drain, split at every byte, is never seen by the backend`() {
        let answer = close(.client, 1012)
        for cut in 1..<answer.count {
            var tunnel = ModelDriver(rules: .test())
            tunnel.close(.drain)
            tunnel.receive(.client, frame(.client) + answer[..<cut])
            #expect(tunnel.sent.backend == frame(.client) && tunnel.closes(.backend).isEmpty)
            tunnel.receive(.client, Array(answer[cut...]))
            #expect(tunnel.closes(.backend) == [.goingAway])
            #expect(tunnel.sent.backend.prefix(frame(.client).count) == frame(.client)[...])
        }
    }

    @Test func `a client that never answers a drain is given up at the deadline, and the backend hears 1001`() {
        var tunnel = ModelDriver(rules: .test(close: 5))
        tunnel.close(.drain)
        tunnel.advance(seconds: 4.9)
        #expect(!tunnel.isFinished)
        tunnel.advance(seconds: 0.2)
        #expect(tunnel.isFinished && tunnel.closes(.backend) == [.goingAway] && !tunnel.relaying.clientLeftPolitely)
        #expect(tunnel.relaying.reason?.cause == .drain)
    }

    @Test func `giving up puts no close inside a frame of the client's`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.receive(.client, Array(frame(.client).dropLast()))
        tunnel.close(.drain)
        tunnel.advance(seconds: 6)
        #expect(tunnel.isFinished && tunnel.marks.backend.isEmpty)
    }

    @Test func `a second close of ours, or a drain while it is ending, does nothing`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.close(.idle)
        tunnel.close(.drain)
        #expect(tunnel.closes(.client) == [.goingAway] && tunnel.relaying.reason?.cause == .idle)
    }

    @Test func `a client's own close that crosses a drain's passes on, and the backend's answer is not sent behind our close`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.receive(.backend, Array(frame(.backend).dropLast()))
        tunnel.close(.drain)
        tunnel.receive(.client, close(.client, 1000))
        #expect(tunnel.sent.backend == close(.client, 1000) && tunnel.marks.backend.isEmpty)
        tunnel.receive(.backend, Array(frame(.backend).suffix(1)) + close(.backend, 1000))
        #expect(tunnel.closes(.client) == [.serviceRestart])
        #expect(tunnel.sent.client.count == tunnel.marks.client[0].range.upperBound)
        tunnel.end(.backend, .fin)
        tunnel.end(.client, .fin)
        #expect(tunnel.isFinished)
    }

    @Test func `a message too big from the client: nothing of it passes, both are told 1009, and the end is bounded`() {
        var tunnel = ModelDriver(rules: .test(maximumMessage: 10))
        let big = TestFrame(0x82, [UInt8](repeating: 1, count: 11), masked: true).bytes
        tunnel.receive(.client, frame(.client) + big + frame(.client))
        #expect(tunnel.closes(.client) == [.tooBig] && tunnel.closes(.backend) == [.tooBig])
        #expect(tunnel.sent.backend.prefix(11) == frame(.client)[...])
        #expect(tunnel.marks.backend[0].range == 11..<tunnel.sent.backend.count)
        #expect(tunnel.relaying.reason?.cause == .messageTooBig && tunnel.relaying.reason?.party == .proxy)
        tunnel.receive(.client, close(.client, 1009))
        tunnel.receive(.backend, close(.backend, 1009))
        #expect(tunnel.finAsked.client && tunnel.finAsked.backend && tunnel.marks.backend.count == 1)
        tunnel.advance(seconds: 6)
        #expect(tunnel.isFinished)
    }

    @Test func `a message too big from the backend in fragments is cut off at the frame that passes the limit`() {
        var tunnel = ModelDriver(rules: .test(maximumMessage: 10))
        let first = TestFrame(0x01, [1, 2, 3, 4, 5, 6], masked: false).bytes
        tunnel.receive(.backend, first + TestFrame(0x80, [1, 2, 3, 4, 5], masked: false).bytes)
        #expect(tunnel.sent.client.prefix(8) == first[...] && tunnel.closes(.client) == [.tooBig])
        #expect(tunnel.sent.client.count == tunnel.marks.client[0].range.upperBound && tunnel.closes(.backend) == [.tooBig])
    }

    @Test func `framing that is lost passes all bytes, and nothing of ours goes in any more, in either direction`() {
        var tunnel = ModelDriver(rules: .test(ping: 1))
        let garbage = [UInt8](repeating: 0xFF, count: 50)
        tunnel.receive(.client, frame(.client) + garbage)
        tunnel.receive(.backend, frame(.backend))
        tunnel.advance(seconds: 10)
        #expect(tunnel.sent.backend == frame(.client) + garbage && tunnel.marks.client.isEmpty && tunnel.marks.backend.isEmpty)
        // A drain then has no frame to say it with: FIN to both, and the deadline.
        tunnel.close(.drain)
        #expect(tunnel.finAsked.client && tunnel.finAsked.backend && tunnel.marks.client.isEmpty)
        tunnel.advance(seconds: 6)
        #expect(tunnel.isFinished && tunnel.relaying.reason?.cause == .drain)
    }

    @Test func `framing that is lost while a close waits ends with FIN instead`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.receive(.backend, Array(frame(.backend).dropLast()))
        tunnel.close(.drain)
        tunnel.receive(.client, [UInt8](repeating: 0xFF, count: 20))
        #expect(tunnel.finAsked.client && tunnel.finAsked.backend && tunnel.marks.client.isEmpty)
    }
}
