@testable import Balancing

/// A pool whose clients come back some time after they were closed, to whichever backend its algorithm chooses, or the one that takes its
/// place while it is made level; driven look by look.
struct RebalanceField {
    /// Clients between two connections: when each comes back, and where it was.
    private var away: [(due: UInt64, home: Int)] = []
    private var pool: Field
    private let algorithm: Algorithm
    private let isSticky: Bool
    /// Of those that begin with nobody; nil: they have their whole share at once.
    private let slowStart: SlowStart?
    /// Those that begin with nobody, and how many connections each got.
    private var given: [Int: Int] = [:]
    /// The longest time until a client is back.
    private let delay: UInt64
    private var random: SplitMix

    let weights: [Int]
    var rebalance: Rebalance
    private(set) var now: UInt64 = 0
    /// Tunnels closed at each look.
    private(set) var closed: [Int] = []
    /// By how much somebody who came back has raised a backend above its share at the most, once it had no more than that.
    private(set) var mostAbove: [Double]
    private var wasLevel: [Bool]
    /// By how much a look has brought a backend below its share at the most.
    private(set) var mostBelow = -Double.infinity

    /// - Parameter isSticky: clients bring a cookie that leads them to where they were.
    init(
        _ algorithm: Algorithm, loads: [Int], weights: [Int]? = nil, rules: RebalanceRules, delay: UInt64 = 20_000_000_000,
        isSticky: Bool = false, slowStart: SlowStart? = nil, seed: UInt64 = 5
    ) {
        self.algorithm = algorithm
        self.slowStart = slowStart
        if slowStart != nil { for index in loads.indices where loads[index] == 0 { given[index] = 0 } }
        self.weights = weights ?? loads.map { _ in 1 }
        self.delay = delay
        self.isSticky = isSticky
        pool = Field(algorithm, weights: self.weights)
        pool.loads = loads
        pool.random = SplitMix(seed: seed)
        rebalance = Rebalance(rules: rules)
        random = SplitMix(seed: seed &+ 1)
        mostAbove = loads.map { _ in -.infinity }
        wasLevel = loads.map { _ in false }
    }

    var loads: [Int] { pool.loads }
    var population: Int { pool.loads.reduce(0, +) + away.count }

    /// What each backend would have if all were there and level.
    var ideals: [Double] {
        weights.map { Double(population * $0) / Double(weights.reduce(0, +)) }
    }

    /// One interval: a look, its Closes, and those who come back before the next one.
    mutating func step() {
        let members = weights.indices.map {
            Rebalance.Member(load: pool.loads[$0], weight: weights[$0], ramp: ramp($0, at: now))
        }
        let given = rebalance.look(at: now, members)
        let ideals = ideals
        noteLevel(ideals)
        closed.append(given.reduce(0, +))
        for (index, count) in given.enumerated() where count > 0 {
            pool.loads[index] -= count
            mostBelow = max(mostBelow, ideals[index] - Double(pool.loads[index]))
            for _ in 0..<count { away.append((now + UInt64.random(in: 0...delay, using: &random), index)) }
        }
        noteLevel(ideals)
        now += rebalance.rules.interval
        let back = away.filter { $0.due < now }
        away.removeAll { $0.due < now }
        pool.algorithm = algorithm.placing(isRebalancing: rebalance.isMending)
        for client in back.sorted(by: { $0.due < $1.due }) { land(client.home, at: client.due, ideals) }
    }

    /// Some clients leave for good, and others come for the first time.
    mutating func churn(_ count: Int) {
        for _ in 0..<count {
            let index = Int.random(in: pool.loads.indices, using: &random)
            if pool.loads[index] > 0 {
                pool.loads[index] -= 1
                land(index, at: now, ideals)
            }
        }
    }

    private mutating func noteLevel(_ ideals: [Double]) {
        for index in wasLevel.indices where Double(pool.loads[index]) < ideals[index] + 1 { wasLevel[index] = true }
    }

    private func ramp(_ index: Int, at moment: UInt64) -> Int {
        guard let slowStart, let connections = given[index] else { return 1000 }
        return slowStart.ramp(sinceStart: moment, connectionsSince: connections)
    }

    private mutating func land(_ home: Int, at moment: UInt64, _ ideals: [Double]) {
        pool.preferred = isSticky ? home : nil
        for index in given.keys { pool.facts[index].ramp = ramp(index, at: moment) }
        guard let index = pool.first() else { return }
        given[index]? += 1
        pool.loads[index] += 1
        if wasLevel[index] { mostAbove[index] = max(mostAbove[index], Double(pool.loads[index]) - ideals[index]) }
    }
}
