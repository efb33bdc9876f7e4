import Testing

@testable import Balancing

/// Clients come back as `Candidates` lets them, and all of it by fixed seeds: what is asserted holds for each step of each run.
@Suite struct RebalanceSimulationTests {
    struct Scene: Sendable, CustomTestStringConvertible {
        let loads: [Int]
        var weights: [Int]?
        var slowStart: SlowStart?
        var testDescription: String { "\(loads) \(weights ?? [])\(slowStart == nil ? "" : " slowly")" }

        func field(_ algorithm: Algorithm, share: Double, seed: UInt64 = 5) -> RebalanceField {
            RebalanceField(
                algorithm, loads: loads, weights: weights, rules: RebalanceRules(sharePerMinute: share), slowStart: slowStart, seed: seed)
        }

        /// What is above the shares, in whole tunnels of each backend.
        func excess(_ ideals: [Double]) -> Double {
            zip(loads, ideals).reduce(0.0) { $0 + max(0, Double($1.0) - $1.1).rounded(.down) }
        }
    }

    static let scenes = [
        Scene(loads: [450, 450, 0]),
        Scene(loads: [1000, 0]),
        Scene(loads: [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 0]),
        Scene(loads: [600, 100, 150, 50]),
        Scene(loads: [300, 300, 0], weights: [1, 1, 4]),
        Scene(loads: [900, 0, 0], weights: [5, 1, 1]),
        Scene(loads: [1000, 130, 0, 0, 0, 0, 0, 0]),
        Scene(loads: [6, 6, 0]),
        Scene(loads: [450, 450, 0], slowStart: SlowStart(periodNanoseconds: 120_000_000_000)),
        Scene(loads: [450, 450, 0], slowStart: SlowStart(periodNanoseconds: 600_000_000_000, connections: 100)),
        Scene(loads: [30, 30, 0], slowStart: SlowStart(periodNanoseconds: 30_000_000_000)),
    ]
    static let algorithms = [Algorithm.leastConnections, .powerOfTwo, .roundRobin, .random]

    /// By how much a backend may get above its share: the least loaded one is never further above it than the others' own places are
    /// (`Standing` counts the place that is asked for).
    private func bound(_ field: RebalanceField, _ index: Int) -> Double {
        let part = Double(field.weights[index]) / Double(field.weights.reduce(0, +))
        return part * Double(field.weights.count - 1) + 1e-9
    }

    @Test(arguments: algorithms, scenes)
    func `a lopsided pool becomes level without overshoot, no more are closed than were too many, and then nobody is`(
        algorithm: Algorithm, scene: Scene
    ) {
        for (share, seed) in [(5.0, UInt64(1)), (20, 2), (100, 3)] {
            var field = scene.field(algorithm, share: share, seed: seed)
            let population = field.population
            // With weights one that is heavy may get one too many, once, and gives it back.
            let most = scene.excess(field.ideals) + Double(scene.weights == nil ? 0 : scene.loads.count)
            for _ in 0..<500 { field.step() }
            #expect(field.population == population)
            // Nobody gives what it will need itself.
            #expect(field.mostBelow <= 1e-9, "at \(share) percent a minute")
            for (index, ideal) in field.ideals.enumerated() {
                // Whoever was filled is not overfull in between, nor does it end so.
                let isAbove = field.mostAbove[index] > bound(field, index)
                #expect(!isAbove, "\(index) at \(share) percent a minute: \(field.mostAbove[index]) above \(ideal)")
                let load = Double(field.loads[index])
                #expect(load <= max(ideal * 1.2, ideal + 1) && load >= min(ideal / 1.2, ideal - 1))
            }
            let closed = Double(field.closed.reduce(0, +))
            #expect(closed > 0 && closed <= most, "\(closed) at \(share) percent a minute")
            #expect(field.closed.suffix(200).allSatisfy { $0 == 0 } && !field.rebalance.isMending)
        }
    }

    @Test(arguments: algorithms, [2.0, 5, 30, 100])
    func `no minute closes more than the share`(algorithm: Algorithm, share: Double) {
        for scene in Self.scenes {
            var field = scene.field(algorithm, share: share)
            let bound = Double(field.population) * share / 100 + 1
            for _ in 0..<300 { field.step() }
            for start in 0..<295 {
                #expect(Double(field.closed[start..<start + 6].reduce(0, +)) <= bound)
            }
            #expect(field.closed.contains { $0 > 0 })
        }
    }

    @Test(arguments: [1_000_000_000, 10_000_000_000, 60_000_000_000] as [UInt64])
    func `however often it looks, those who are on their way are counted`(interval: UInt64) {
        let rules = RebalanceRules(sharePerMinute: 100, interval: interval)
        var field = RebalanceField(.leastConnections, loads: [450, 450, 0], rules: rules, delay: 40_000_000_000)
        for _ in 0..<600 { field.step() }
        #expect(field.closed.reduce(0, +) <= 300 && field.mostBelow <= 0)
        #expect(field.loads.allSatisfy { (250...360).contains($0) } && !field.rebalance.isMending)
    }

    /// Who is away for longer than a minute is taken to be gone: of those there are at most as many as the share allows for the time beyond.
    @Test(arguments: [0, 1, 20_000_000_000, 120_000_000_000] as [UInt64])
    func `clients that take their time to come back do not make it give up too much`(delay: UInt64) {
        var field = RebalanceField(
            .leastConnections, loads: [450, 450, 0], rules: RebalanceRules(sharePerMinute: 10), delay: delay)
        for _ in 0..<1000 { field.step() }
        #expect(field.mostBelow <= (delay > ClientsUnderWay.patience ? 30 : 0))
        #expect(field.loads.allSatisfy { $0 >= 250 && $0 <= 360 })
    }

    @Test func `coming and going while it mends closes hardly more`() {
        var field = RebalanceField(.leastConnections, loads: [450, 450, 0], rules: RebalanceRules(sharePerMinute: 20))
        for _ in 0..<300 {
            field.churn(5)
            field.step()
        }
        #expect(field.closed.reduce(0, +) <= 300)
        #expect(field.loads.allSatisfy { $0 >= 250 && $0 <= 360 } && !field.rebalance.isMending)
    }

    @Test func `a level pool with coming and going is left alone`() {
        var field = RebalanceField(.leastConnections, loads: [200, 200, 200], rules: RebalanceRules())
        for _ in 0..<1000 {
            field.churn(30)
            field.step()
        }
        #expect(field.closed.allSatisfy { $0 == 0 })
    }

    /// Why such pools must refuse it.
    @Test func `with a cookie nothing is helped: all come back to where they were`() {
        var field = RebalanceField(.leastConnections, loads: [450, 450, 0], rules: RebalanceRules(), isSticky: true)
        for _ in 0..<400 { field.step() }
        #expect(field.loads[2] == 0)
        #expect(field.closed.suffix(100).reduce(0, +) > 0)
    }
}
