import Support
import Testing

@testable import Session

/// Streams that end: FIN, RST and truncation, from each side, on a boundary and inside a frame, before and after a Close.
@Suite struct RelayingEndingTests {
    private func frame(_ side: Side, _ text: String = "hello") -> [UInt8] { TestFrame.text(text, masked: side == .client).bytes }
    private func close(_ side: Side, _ code: UInt16 = 1000) -> [UInt8] { TestFrame.close(code, masked: side == .client).bytes }

    @Test func `a client's FIN is passed on, and what the backend still sends arrives`() {
        var tunnel = ModelDriver(rules: .test(halfClose: 30))
        tunnel.end(.client, .fin)
        #expect(tunnel.finAsked.backend && !tunnel.finAsked.client && tunnel.marks.backend.isEmpty)
        #expect(tunnel.relaying.reason == CloseReason(Side.client, .ended))
        tunnel.advance(seconds: 29)
        tunnel.receive(.backend, frame(.backend))
        #expect(tunnel.sent.client == frame(.backend))
        tunnel.end(.backend, .fin)
        // The backend followed the client: there is nothing to explain.
        #expect(tunnel.closes(.client).isEmpty)
        #expect(tunnel.finAsked.client && tunnel.isFinished && !tunnel.wasReset)
    }

    @Test func `one direction that ended and another that never does are bounded by the half-close time`() {
        var tunnel = ModelDriver(rules: .test(halfClose: 30))
        tunnel.end(.client, .fin)
        tunnel.advance(seconds: 29.9)
        #expect(!tunnel.isFinished)
        tunnel.advance(seconds: 0.2)
        #expect(tunnel.isFinished && tunnel.relaying.reason?.cause == .ended)
    }

    @Test func `a backend that ends without a close on a boundary: the client hears 1014, and the backend 1001 after its answer`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.receive(.backend, frame(.backend))
        tunnel.end(.backend, .fin)
        #expect(tunnel.closes(.client) == [.badGateway] && !tunnel.finAsked.client)
        #expect(tunnel.relaying.reason == CloseReason(Side.backend, .ended))
        tunnel.receive(.client, frame(.client) + close(.client, 1014))
        #expect(tunnel.closes(.backend) == [.goingAway])
        #expect(tunnel.sent.backend.prefix(frame(.client).count) == frame(.client)[...])
        tunnel.end(.client, .fin)
        #expect(tunnel.finAsked.client && tunnel.finAsked.backend && tunnel.isFinished)
    }

    @Test func `a backend that ends inside a frame is passed on as FIN, at every cut`() {
        let bytes = TestFrame(0x82, [UInt8](repeating: 3, count: 200), masked: false).bytes
        for cut in 1..<bytes.count {
            var tunnel = ModelDriver(rules: .test())
            tunnel.receive(.backend, frame(.backend) + bytes[..<cut])
            tunnel.end(.backend, .fin)
            #expect(tunnel.sent.client == frame(.backend) + bytes[..<cut], "cut \(cut)")
            #expect(tunnel.marks.client.isEmpty && tunnel.finAsked.client, "cut \(cut)")
        }
    }

    @Test func `a reset is passed on as a reset, except a backend's on a boundary, which becomes 1014`() {
        for side in Side.allCases {
            for midFrame in [true, false] {
                var tunnel = ModelDriver(rules: .test())
                tunnel.receive(side, midFrame ? Array(frame(side).dropLast()) : frame(side))
                tunnel.end(side, .reset)
                let isTold = side == .backend && !midFrame
                #expect(tunnel.wasReset == !isTold && tunnel.isFinished == !isTold)
                #expect(tunnel.closes(.client) == (isTold ? [.badGateway] : []) && tunnel.marks.backend.isEmpty)
                #expect(tunnel.relaying.reason == CloseReason(side, .reset))
                tunnel.receive(.client, close(.client, 1014))
                tunnel.end(.client, .fin)
                #expect(tunnel.isFinished && tunnel.wasReset == !isTold && tunnel.marks.backend.isEmpty)
            }
        }
    }

    @Test func `a backend's reset behind half a header is inside a frame`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.receive(.backend, [0x82])
        tunnel.end(.backend, .reset)
        #expect(tunnel.wasReset && tunnel.marks.client.isEmpty && tunnel.sent.client == [0x82])
    }

    @Test func `truncation is abnormal before a close and an ordinary end after one`() {
        for side in Side.allCases {
            var before = ModelDriver(rules: .test())
            before.end(side, .truncated)
            #expect(before.relaying.reason == CloseReason(side, .truncated))
            #expect(before.wasReset == (side == .client) && before.closes(.client) == (side == .client ? [] : [.badGateway]))
            var after = ModelDriver(rules: .test())
            after.receive(side, close(side))
            after.end(side, .truncated)
            #expect(after.relaying.reason?.cause == .peerClosed && !after.wasReset && after.finAsked[side.other])
            after.receive(side.other, close(side.other))
            after.end(side.other, .fin)
            #expect(after.isFinished && after.finAsked[side] && after.marks.client.isEmpty && after.marks.backend.isEmpty)
        }
    }

    @Test func `a reset after the closing handshake is nothing new`() {
        for side in Side.allCases {
            var tunnel = ModelDriver(rules: .test())
            tunnel.receive(side, close(side))
            tunnel.receive(side.other, close(side.other))
            tunnel.end(side, .reset)
            #expect(tunnel.relaying.reason?.cause == .peerClosed && !tunnel.wasReset && tunnel.finAsked[side.other])
            tunnel.end(side.other, .fin)
            #expect(tunnel.isFinished && !tunnel.wasReset)
        }
    }

    @Test func `FIN and then RST of the same side only hardens the end`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.end(.client, .fin)
        tunnel.end(.client, .fin)
        tunnel.end(.client, .reset)
        #expect(tunnel.relaying.reason == CloseReason(Side.client, .ended) && !tunnel.wasReset)
        tunnel.end(.backend, .fin)
        #expect(tunnel.isFinished)
    }

    @Test(arguments: [Half.Ending.fin, .reset, .truncated])
    func `a backend that ends inside a frame while a drain waits for its boundary ends the client at once`(ending: Half.Ending) {
        var tunnel = ModelDriver(rules: .test())
        tunnel.receive(.backend, Array(frame(.backend).dropLast()))
        tunnel.close(.drain)
        tunnel.end(.backend, ending)
        #expect(tunnel.marks.client.isEmpty && tunnel.finAsked.client && tunnel.relaying.reason?.cause == .drain)
        tunnel.end(.client, .fin)
        #expect(tunnel.isFinished)
    }

    @Test func `a client that ends inside a frame after our close leaves the backend no frame of ours, only FIN`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.receive(.client, Array(frame(.client).dropLast()))
        tunnel.close(.drain)
        tunnel.end(.client, .fin)
        #expect(tunnel.closes(.client) == [.serviceRestart] && tunnel.marks.backend.isEmpty && tunnel.finAsked.backend)
        tunnel.end(.backend, .fin)
        #expect(tunnel.isFinished)
    }

    @Test func `a client that goes without an answer after our close: the backend hears 1001`() {
        for ending in [Half.Ending.fin, .reset, .truncated] {
            var tunnel = ModelDriver(rules: .test())
            tunnel.close(.drain)
            tunnel.end(.client, ending)
            #expect(tunnel.closes(.backend) == [.goingAway] && tunnel.relaying.reason?.cause == .drain && !tunnel.wasReset)
            tunnel.receive(.backend, close(.backend, 1001))
            tunnel.end(.backend, .fin)
            #expect(tunnel.isFinished)
        }
    }

    @Test func `a cut is over at once and keeps the first reason`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.relaying.cut(.drain)
        #expect(tunnel.relaying.isOver && tunnel.relaying.reason == CloseReason(.proxy, .drain))
        var ending = ModelDriver(rules: .test())
        ending.end(.client, .fin)
        ending.relaying.cut(.drain)
        #expect(ending.relaying.isOver && ending.relaying.reason?.cause == .ended)
    }

    @Test func `the farewell waits for the backlog`() {
        var tunnel = ModelDriver(rules: .test())
        tunnel.setWindow(.client, 3)
        tunnel.receive(.backend, frame(.backend) + close(.backend))
        #expect(!tunnel.reads(from: .backend) && tunnel.delivered(.client).count == 3)
        tunnel.end(.backend, .fin)
        tunnel.end(.client, .fin)
        #expect(!tunnel.isFinished && tunnel.finAsked.client && !tunnel.finReached(.client))
        tunnel.setWindow(.client, 1000)
        #expect(tunnel.isFinished && Array(tunnel.delivered(.client)) == frame(.backend) + close(.backend))
    }
}
