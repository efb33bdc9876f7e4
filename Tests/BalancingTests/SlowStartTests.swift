import Testing

@testable import Balancing

@Suite struct SlowStartTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func `time lets it in, from a twentieth to all`() {
        let start = SlowStart(periodNanoseconds: 30 * Self.second)
        let table: [(UInt64, Int)] = [(0, 50), (1, 50), (3, 100), (15, 500), (29, 966), (30, 1000), (1000, 1000)]
        for (seconds, ramp) in table {
            #expect(start.ramp(sinceStart: seconds * Self.second, connectionsSince: 1_000_000) == ramp)
        }
        #expect(start.ramp(sinceStart: .max, connectionsSince: 0) == 1000)
    }

    @Test func `connections let it in, whichever is further`() {
        let start = SlowStart(periodNanoseconds: 30 * Self.second, connections: 100)
        #expect(start.ramp(sinceStart: 0, connectionsSince: 40) == 400)
        #expect(start.ramp(sinceStart: 15 * Self.second, connectionsSince: 40) == 500)
        #expect(start.ramp(sinceStart: 15 * Self.second, connectionsSince: 60) == 600)
        #expect(start.ramp(sinceStart: 0, connectionsSince: 100) == 1000)
        #expect(start.ramp(sinceStart: 0, connectionsSince: .min) == 50)
        #expect(start.ramp(sinceStart: 0, connectionsSince: .max) == 1000)
    }

    @Test func `with neither nothing starts slowly, and absurd rules are no trap`() {
        #expect(SlowStart().ramp(sinceStart: 0, connectionsSince: 0) == 1000)
        #expect(SlowStart(connections: .min).ramp(sinceStart: 0, connectionsSince: 0) == 1000)
        let endless = SlowStart(periodNanoseconds: .max, connections: .max)
        #expect(endless.ramp(sinceStart: .max - 1, connectionsSince: 0) == 999)
        #expect(endless.ramp(sinceStart: 0, connectionsSince: .max - 1) == 999)
    }

    @Test(arguments: [Algorithm.roundRobin, .random, .hash], [50, 100, 500, 900])
    func `a backend in slow start has its weight's part of the choices`(algorithm: Algorithm, ramp: Int) {
        var field = Field(algorithm, weights: [2, 1, 1])
        field.facts[0].ramp = ramp
        let counts = field.tally(20_000)
        // By key a backend has just its part of its own keys; the others draw for all by what each weighs now.
        let part = algorithm == .hash ? 0.5 * Double(ramp) / 1000 : 2 * Double(ramp) / Double(2 * ramp + 2000)
        #expect(abs(Double(counts[0]) - 20_000 * part) < 0.1 * 20_000 * part)
        #expect(isNear(Array(counts.dropFirst()), weights: [1, 1]))
    }

    @Test func `least connections fills a new backend up to its part, not at once`() {
        var field = Field(.leastConnections, weights: [1, 1, 1])
        field.loads = [100, 100, 0]
        field.facts[2].ramp = 50
        field.fill(30)
        #expect(field.loads[2] == 5 || field.loads[2] == 6)
        field.facts[2].ramp = 500
        field.fill(60)
        #expect(abs(field.loads[2] * 2 - field.loads[0]) <= 2)
    }

    @Test(arguments: Algorithm.allCases)
    func `a pool in which all ramp alike behaves as if none did`(algorithm: Algorithm) {
        var ramping = Field(algorithm, weights: [1, 2, 3])
        var whole = ramping
        for index in 0..<3 { ramping.facts[index].ramp = 50 }
        ramping.fill(6000)
        whole.fill(6000)
        #expect(isNear(ramping.loads, weights: [1, 2, 3]))
        if algorithm != .random, algorithm != .powerOfTwo { #expect(ramping.loads == whole.loads) }
    }

    @Test(arguments: Algorithm.allCases)
    func `ramps out of range count as the nearest, and nobody is left out`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 1, 1])
        field.facts[0].ramp = .min
        field.facts[1].ramp = 0
        field.facts[2].ramp = .max
        for _ in 0..<50 { #expect(field.order().sorted() == [0, 1, 2]) }
    }

    @Test(arguments: [Algorithm.roundRobin, .leastConnections, .random, .powerOfTwo])
    func `a returned backend is level with the others when its time is over`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 1, 1])
        let start = SlowStart(periodNanoseconds: 30 * Self.second)
        var came = 0
        var earlier = 0
        for tick in 0..<60 {
            field.facts[0].ramp = start.ramp(sinceStart: UInt64(tick) * Self.second, connectionsSince: came)
            let before = field.loads
            // A hundred connections a second, which end within it.
            field.fill(100)
            let got = field.loads[0] - before[0]
            came += got
            if tick == 0 { #expect(got <= 25) }
            if tick >= 31 { earlier += got }
            if algorithm != .leastConnections { field.loads = [0, 0, 0] } else { field.loads = field.loads.map { $0 * 2 / 3 } }
        }
        #expect(isNear([earlier, 29 * 100 - earlier], weights: [1, 2], tolerance: 0.1))
    }
}
