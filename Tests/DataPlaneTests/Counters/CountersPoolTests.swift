import DataPlane
import Telemetry
import Testing

@Suite("Counters of a pool")
struct CountersPoolTests {
    @Test("each counter has cells of its own: touching one moves no other")
    func separate() {
        typealias Touch = @Sendable (PoolCells) -> Void
        var touches: [(String, Touch)] = []
        for direction in Direction.allCases {
            for opcode in Opcode.allCases {
                touches.append(("message \(direction) \(opcode)", { $0.message(direction, opcode) }))
            }
            touches.append(("bytes \(direction)", { $0.bytes(direction, 1) }))
            touches.append(("pause \(direction)", { $0.pause(direction) }))
            touches.append(("buffered \(direction)", { $0.buffered(direction, delta: 1) }))
        }
        for side in Side.allCases {
            for code in [UInt16(1000), 1006, 1015, 3000, 0] {
                touches.append(("close \(side) \(code)", { $0.close(side: side, code: code) }))
            }
        }
        touches.append(("ping client", { $0.pingRTT(side: .client, nanoseconds: 1) }))
        touches.append(("ping backend", { $0.pingRTT(side: .backend, nanoseconds: .max) }))
        touches.append(("upgrade", { $0.upgradeDuration(nanoseconds: 1) }))
        touches.append(("connect", { $0.connectDuration(nanoseconds: 1) }))
        touches.append(("tunnel", { $0.tunnelDuration(nanoseconds: .max) }))
        touches.append(("request", { $0.request(code: 200) }))
        for kind in StreamKind.allCases { touches.append(("stream \(kind)", { $0.streams(kind, delta: 1) })) }
        touches.append(("request duration", { $0.requestDuration(nanoseconds: .max) }))
        touches.append(("tls", { $0.tlsDuration(nanoseconds: .max) }))
        touches.append(("idle", { $0.idle(delta: 1) }))
        touches.append(("reused", { $0.reused() }))
        for (name, touch) in touches {
            let meter = PoolMeter(name: "p", workers: 1)
            touch(meter.worker(0))
            #expect(total(meter) == 1, "\(name)")
        }
    }

    /// All events a meter knows of, whatever they are.
    private func total(_ meter: PoolMeter) -> UInt64 {
        var sum: UInt64 = 0
        for direction in Direction.allCases {
            for opcode in Opcode.allCases { sum += meter.messages(direction, opcode) }
            sum += meter.bytes(direction) + meter.pauses(direction) + meter.buffered(direction)
        }
        for side in Side.allCases {
            sum += meter.closes(side).reduce(0) { $0 + $1.count }
            sum += meter.pingRTTs(side)?.counts.reduce(0, +) ?? 0
        }
        for kind in StreamKind.allCases { sum += meter.streams(kind) }
        let histograms = [
            meter.upgradeDurations, meter.connectDurations, meter.tunnelDurations, meter.requestDurations, meter.tlsDurations,
        ]
        for histogram in histograms { sum += histogram.counts.reduce(0, +) }
        sum += meter.idle + meter.reuses
        return sum + meter.requests.reduce(0) { $0 + $1.count }
    }

    @Test("standard close codes are exact, private ones for the first sixteen a worker sees, the rest is other")
    func closeCodes() {
        let meter = PoolMeter(name: "p", workers: 1)
        let cells = meter.worker(0)
        for code in UInt16(1000)..<1016 { cells.close(side: .client, code: code) }
        for code in UInt16(3000)..<3020 { cells.close(side: .client, code: code) }
        cells.close(side: .client, code: 3005)
        for code in [UInt16(0), 999, 1016, 2999, 5000, .max] { cells.close(side: .client, code: code) }
        let expected =
            (1000..<1016).map { ("\($0)", UInt64(1)) }
            + (3000..<3016).map { ("\($0)", UInt64($0 == 3005 ? 2 : 1)) } + [("other", UInt64(4 + 6))]
        let closes = meter.closes(.client)
        #expect(closes.map(\.code) == expected.map(\.0))
        #expect(closes.map(\.count) == expected.map(\.1))
        #expect(meter.closes(.backend).isEmpty)
    }

    @Test("workers that met codes in different order are added up by code")
    func mergedCodes() {
        let meter = PoolMeter(name: "p", workers: 2)
        for code in [UInt16(4001), 4002] { meter.worker(0).close(side: .backend, code: code) }
        for code in [UInt16(4002), 4003] { meter.worker(1).close(side: .backend, code: code) }
        #expect(meter.closes(.backend).map(\.code) == ["4001", "4002", "4003"])
        #expect(meter.closes(.backend).map(\.count) == [1, 2, 1])
    }

    @Test("a side that uses a code first does not hide it from the others")
    func sharedTable() {
        let meter = PoolMeter(name: "p", workers: 1)
        for code in UInt16(3000)..<3016 { meter.worker(0).close(side: .client, code: code) }
        meter.worker(0).close(side: .proxy, code: 3007)
        #expect(meter.closes(.proxy).map(\.code) == ["3007"])
    }

    @Test("statuses are exact for 32 distinct ones and bounded after that, whatever a backend answers")
    func statuses() {
        let meter = PoolMeter(name: "p", workers: 1)
        for code in UInt16(100)..<1000 { meter.worker(0).request(code: code) }
        #expect(meter.requests.count == 33)
        let others = meter.requests.last.map { "\($0.code) \($0.count)" } ?? "none"
        #expect(others == "other 868")
    }

    @Test("what is buffered goes up and down, also over workers, and never shows below zero")
    func buffered() {
        let meter = PoolMeter(name: "p", workers: 2)
        meter.worker(0).buffered(.toClient, delta: 1000)
        meter.worker(1).buffered(.toClient, delta: -400)
        #expect(meter.buffered(.toClient) == 600)
        meter.worker(1).buffered(.toClient, delta: -700)
        #expect(meter.buffered(.toClient) == 0)
        #expect(meter.buffered(.toBackend) == 0)
    }

    @Test("requests under way and idle connections go up and down, each on its own worker")
    func gauges() {
        let meter = PoolMeter(name: "p", workers: 2)
        for _ in 0..<3 { meter.worker(0).streams(.longPoll, delta: 1) }
        meter.worker(0).streams(.longPoll, delta: -1)
        meter.worker(1).streams(.sse, delta: 1)
        meter.worker(0).idle(delta: 1)
        meter.worker(1).idle(delta: 1)
        meter.worker(1).idle(delta: -1)
        #expect(meter.streams(.longPoll) == 2)
        #expect(meter.streams(.sse) == 1)
        #expect(meter.streams(.body) == 0)
        #expect(meter.idle == 1)
    }

    @Test("a request of microseconds and an event stream of days are told apart, and their sum is right")
    func durations() {
        let meter = PoolMeter(name: "p", workers: 1)
        meter.worker(0).requestDuration(nanoseconds: 400_000)
        meter.worker(0).requestDuration(nanoseconds: 172_800_000_000_000)
        let durations = meter.requestDurations
        #expect(durations.counts.first == 1)
        #expect(durations.counts.last == 1)
        #expect(durations.sumSeconds == 172_800.0004)
    }

    @Test("negative byte counts are no bytes; the proxy's own side is never pinged")
    func nonsense() {
        let meter = PoolMeter(name: "p", workers: 1)
        meter.worker(0).bytes(.toClient, -5)
        meter.worker(0).pingRTT(side: .proxy, nanoseconds: 1)
        #expect(meter.bytes(.toClient) == 0)
        #expect(total(meter) == 0)
    }
}
