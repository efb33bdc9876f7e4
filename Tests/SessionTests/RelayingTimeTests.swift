import Support
import Testing

@testable import Session

@Suite struct RelayingTimeTests {
    private func frame(_ side: Side, _ text: String = "hello") -> [UInt8] { TestFrame.text(text, masked: side == .client).bytes }

    /// The answer that an honest peer gives to the last ping it got.
    private func pong(_ tunnel: ModelDriver, _ side: Side) -> [UInt8] {
        let tag = tunnel.tags[side].last ?? 0
        return TestFrame(0x8A, (0..<8).map { UInt8(truncatingIfNeeded: tag >> UInt64(56 - 8 * $0)) }, masked: side == .client).bytes
    }

    @Test(arguments: Side.allCases)
    func `a silent side is pinged, its pong is swallowed at every cut, and the round trip is told`(side: Side) {
        for cut in 0...14 {
            var tunnel = ModelDriver(rules: .test(ping: 30, timeout: 20))
            tunnel.advance(seconds: 15)
            tunnel.receive(side.other, frame(side.other))
            let before = tunnel.sent[side].count
            tunnel.advance(seconds: 15.1)
            #expect(tunnel.pings(side) == 1 && tunnel.pings(side.other) == 0)
            let ping = TestFrame.parse(Array(tunnel.sent[side][before...])).frames
            #expect(ping.count == 1 && ping[0].first == 0x89 && (ping[0].key != nil) == (side == .backend))
            tunnel.advance(seconds: 0.05)
            let answer = frame(side) + pong(tunnel, side) + frame(side, "on")
            let place = min(answer.count, frame(side).count + cut)
            tunnel.receive(side, Array(answer[..<place]))
            tunnel.receive(side, Array(answer[place...]))
            #expect(tunnel.sent[side.other] == frame(side) + frame(side, "on"), "cut \(cut)")
            #expect(tunnel.roundTrips.count == 1 && tunnel.roundTrips[0].side == side)
            #expect(tunnel.roundTrips[0].nanoseconds >= 50_000_000 && tunnel.roundTrips[0].nanoseconds <= 200_000_000)
            #expect(tunnel.relaying.reason == nil)
        }
    }

    @Test func `pongs that answer no ping of ours pass, while we wait for ours and while we do not`() {
        let foreign = TestFrame(0x8A, [1, 2, 3], masked: true).bytes + TestFrame(0x8A, [UInt8](repeating: 0, count: 8), masked: true).bytes
        var tunnel = ModelDriver(rules: .test(ping: 30))
        tunnel.receive(.client, foreign)
        tunnel.advance(seconds: 31)
        #expect(tunnel.pings(.client) == 1)
        for byte in foreign { tunnel.receive(.client, [byte]) }
        #expect(tunnel.sent.backend.count == 2 * foreign.count + tunnel.marks.backend.reduce(0) { $0 + $1.range.count })
        #expect(tunnel.roundTrips.isEmpty)
    }

    @Test(arguments: Side.allCases)
    func `a ping that nothing answers ends the tunnel in that side's name`(side: Side) {
        var tunnel = ModelDriver(rules: .test(ping: 30, timeout: 20))
        tunnel.advance(seconds: 20)
        tunnel.receive(side.other, frame(side.other))
        tunnel.advance(seconds: 29.9)
        #expect(tunnel.pings(side) == 1 && tunnel.relaying.reason == nil)
        tunnel.advance(seconds: 1.5)
        #expect(tunnel.relaying.reason == CloseReason(side, .pingTimeout))
        #expect(tunnel.closes(side.other) == [side == .client ? .goingAway : .badGateway] && tunnel.closes(side).isEmpty)
        tunnel.advance(seconds: 6)
        #expect(tunnel.isFinished)
    }

    @Test func `an answer that was read between two checks after a pause saves the tunnel`() {
        var held = ModelDriver(rules: .test(ping: 30, timeout: 20))
        held.advance(seconds: 30.1)
        #expect(held.pings(.client) == 1)
        func after(_ seconds: UInt64) -> Moment { held.now.after(.init(nanoseconds: seconds * 1_000_000_000)) }
        // The client is held back: its pong lies in the socket.
        held.relaying.expired(now: after(25), pressure: .init(clientIsReadable: false, backendIsReadable: false))
        #expect(held.relaying.reason == nil)
        // Reading was resumed a moment ago, and the check comes before the first read.
        held.relaying.expired(now: after(26), pressure: .init(clientIsReadable: true, backendIsReadable: false))
        #expect(held.relaying.reason == nil)
        held.receive(.client, pong(held, .client))
        held.relaying.expired(now: after(28), pressure: .init(clientIsReadable: true, backendIsReadable: false))
        #expect(held.relaying.reason == nil && held.roundTrips.count == 1)
    }

    @Test func `a side that was heard after its ping lives, and its late pong is not passed on`() {
        var tunnel = ModelDriver(rules: .test(ping: 30, timeout: 20))
        tunnel.advance(seconds: 30.1)
        #expect(tunnel.pings(.client) == 1)
        tunnel.advance(seconds: 5)
        tunnel.receive(.client, frame(.client))
        tunnel.receive(.backend, frame(.backend))
        tunnel.advance(seconds: 20)
        #expect(tunnel.relaying.reason == nil)
        let before = tunnel.sent.backend.count
        tunnel.receive(.client, pong(tunnel, .client))
        #expect(tunnel.sent.backend.count == before && tunnel.roundTrips.count == 1)
    }

    @Test func `no ping is sent toward a side while bytes for it still wait, or while we do not read it`() {
        var tunnel = ModelDriver(rules: .test(ping: 30, timeout: 20))
        tunnel.setWindow(.client, 0)
        tunnel.receive(.backend, frame(.backend))
        tunnel.advance(seconds: 200)
        #expect(tunnel.pings(.client) == 0 && tunnel.pings(.backend) == 0 && tunnel.relaying.reason == nil)
        tunnel.setWindow(.client, .max)
        tunnel.advance(seconds: 1.1)
        #expect(tunnel.pings(.client) == 1 && tunnel.pings(.backend) == 1)
    }

    @Test func `a ping waits for the boundary of a frame that is half through`() {
        var tunnel = ModelDriver(rules: .test(ping: 30))
        let bytes = frame(.backend)
        tunnel.receive(.backend, Array(bytes.dropLast()))
        tunnel.advance(seconds: 31)
        #expect(tunnel.pings(.client) == 0)
        tunnel.receive(.backend, Array(bytes.suffix(1)) + bytes)
        #expect(tunnel.pings(.client) == 1 && tunnel.marks.client[0].range.lowerBound == bytes.count)
        #expect(Array(tunnel.sent.client[tunnel.marks.client[0].range.upperBound...]) == bytes)
    }

    @Test func `idle counts data and not pings, and ends with 1001`() {
        var tunnel = ModelDriver(rules: .test(idle: 60))
        tunnel.advance(seconds: 50)
        tunnel.receive(.backend, frame(.backend))
        tunnel.advance(seconds: 50)
        tunnel.receive(.client, TestFrame(0x89, [1], masked: true).bytes)
        tunnel.receive(.backend, TestFrame(0x8A, [1], masked: false).bytes)
        #expect(tunnel.relaying.reason == nil)
        tunnel.advance(seconds: 9.9)
        #expect(tunnel.relaying.reason == nil)
        tunnel.advance(seconds: 0.2)
        #expect(tunnel.relaying.reason?.cause == .idle && tunnel.closes(.client) == [.goingAway])
        tunnel.advance(seconds: 6)
        #expect(tunnel.isFinished)
    }

    @Test func `a message that is still under way is no idleness, whole frame or fragments`() {
        var tunnel = ModelDriver(rules: .test(idle: 60))
        tunnel.receive(.client, Array(TestFrame(0x02, [UInt8](repeating: 1, count: 100), masked: true).bytes.prefix(20)))
        for _ in 0..<10 {
            tunnel.advance(seconds: 50)
            tunnel.receive(.client, [1, 1])
        }
        tunnel.receive(.client, [UInt8](repeating: 1, count: 66))
        for _ in 0..<10 {
            #expect(tunnel.relaying.reason == nil)
            tunnel.receive(.client, TestFrame(0x00, [1], masked: true).bytes)
            tunnel.advance(seconds: 50)
        }
        #expect(tunnel.relaying.reason == nil)
        tunnel.advance(seconds: 11)
        #expect(tunnel.relaying.reason?.cause == .idle)
    }

    @Test func `bytes that are no longer understood are no idleness either`() {
        var tunnel = ModelDriver(rules: .test(idle: 60))
        for _ in 0..<5 {
            tunnel.receive(.client, [UInt8](repeating: 0xFF, count: 20))
            tunnel.advance(seconds: 50)
        }
        #expect(tunnel.relaying.reason == nil)
        tunnel.advance(seconds: 11)
        #expect(tunnel.relaying.reason?.cause == .idle && tunnel.finAsked.client && tunnel.finAsked.backend)
    }

    @Test func `a check that comes early changes nothing`() {
        var tunnel = ModelDriver(rules: .test(idle: 60, ping: 30, timeout: 20))
        for _ in 0..<10 { tunnel.checkNow() }
        #expect(tunnel.relaying.reason == nil && tunnel.marks.client.isEmpty && tunnel.marks.backend.isEmpty)
        #expect(tunnel.relaying.nextCheck(now: tunnel.now) == Moment(nanoseconds: 30_000_000_000))
    }

    @Test func `with every rule off there is nothing to wait for`() {
        var tunnel = ModelDriver(rules: .test())
        let next = tunnel.relaying.nextCheck(now: tunnel.now)
        #expect(next == .never)
    }
}
