@testable import Balancing

/// A pool whose clients come back some time after they were closed, driven look by look.
struct RebalanceField {
    enum Return: CaseIterable {
        case leastConnections, roundRobin, hash
    }

    let way: Return
    let weights: [Int]
    var loads: [Int]
    var rebalance: Rebalance
    /// Clients between two connections: when each comes back, and where its key leads in a pool with `hash`.
    private var away: [(due: UInt64, home: Int)] = []
    /// Tunnels closed at each look.
    private(set) var closed: [Int] = []
    private(set) var now: UInt64 = 0
    private var ticket = 0
    var random: SplitMix
    /// The longest time until a client is back.
    let delay: UInt64

    init(
        _ way: Return, loads: [Int], weights: [Int]? = nil, rules: RebalanceRules, delay: UInt64 = 20_000_000_000,
        seed: UInt64 = 5
    ) {
        self.way = way
        self.loads = loads
        self.weights = weights ?? loads.map { _ in 1 }
        self.delay = delay
        rebalance = Rebalance(rules: rules)
        random = SplitMix(seed: seed)
    }

    var population: Int { loads.reduce(0, +) + away.count }

    /// What each backend would have if all were there and level.
    var ideals: [Double] {
        weights.map { Double(population * $0) / Double(weights.reduce(0, +)) }
    }

    /// One interval: a look, its Closes, and those who come back before the next one.
    mutating func step() {
        let members = zip(loads, weights).map { Rebalance.Member(load: $0, weight: $1) }
        let given = rebalance.look(at: now, members)
        closed.append(given.reduce(0, +))
        for (index, count) in given.enumerated() {
            loads[index] -= count
            for _ in 0..<count {
                away.append((now + UInt64.random(in: 0...delay, using: &random), index))
            }
        }
        now += rebalance.rules.interval
        let back = away.filter { $0.due < now }
        away.removeAll { $0.due < now }
        for client in back { loads[choose(client.home)] += 1 }
    }

    /// Some clients leave for good, and others come for the first time.
    mutating func churn(_ count: Int) {
        for _ in 0..<count {
            let index = Int.random(in: loads.indices, using: &random)
            if loads[index] > 0 {
                loads[index] -= 1
                loads[choose(index)] += 1
            }
        }
    }

    private mutating func choose(_ home: Int) -> Int {
        switch way {
        case .hash: return home
        case .roundRobin:
            ticket += 1
            var turn = ticket % weights.reduce(0, +)
            return weights.firstIndex { weight in
                turn -= weight
                return turn < 0
            } ?? 0
        case .leastConnections:
            return loads.indices.min { (loads[$0] + 1) * weights[$1] < (loads[$1] + 1) * weights[$0] } ?? 0
        }
    }
}
