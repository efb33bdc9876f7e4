import Synchronization

@testable import Balancing

/// A pool under test: its facts, its loads, and the counter that a real pool's workers would share.
struct Field {
    var algorithm: Algorithm
    var facts: [BackendFacts]
    var loads: [Int]
    var ticket: UInt64 = 0
    var random = SplitMix(seed: 42)
    /// What `hash` looks up; nil: each connection has a key of its own, made of its ticket.
    var key: UInt64?
    var maxLoad: Int?
    var preferred: Int?
    var panic = Candidates.usualPanic
    private let schedule: Schedule
    private let table: MaglevTable?

    init(_ algorithm: Algorithm, weights: [Int]) {
        self.algorithm = algorithm
        facts = weights.map { BackendFacts(weight: $0) }
        loads = weights.map { _ in 0 }
        schedule = Schedule(weights: weights)
        table = algorithm == .hash ? Tables.table(weights) : nil
    }

    /// The first choice of the next connection.
    mutating func first() -> Int? {
        order(atMost: 1).first
    }

    /// All candidates of the next connection, in order.
    mutating func order(atMost count: Int = .max) -> [Int] {
        var candidates = candidates()
        ticket &+= 1
        var order: [Int] = []
        while order.count < count, let index = next(&candidates) { order.append(index) }
        return order
    }

    mutating func next(_ candidates: inout Candidates) -> Int? {
        let (facts, loads) = (facts, loads)
        return candidates.next(facts: { facts[$0] }, loads: { loads[$0] }, using: &random)
    }

    func candidates() -> Candidates {
        let placement = table.map {
            HashPlacement(table: $0, key: key ?? StableHash.rehash(ticket, turn: 7), maxLoad: maxLoad)
        }
        return Candidates(
            algorithm: algorithm, schedule: schedule, ticket: ticket, placement: placement, preferred: preferred,
            panic: panic)
    }

    /// Why nobody is left once all candidates of a connection were tried.
    mutating func shortage() -> Candidates.Shortage? {
        var candidates = candidates()
        while next(&candidates) != nil {}
        return candidates.shortage
    }

    /// How often each backend comes first in so many choices; the loads stay as they are.
    mutating func tally(_ choices: Int) -> [Int] {
        var counts = facts.map { _ in 0 }
        for _ in 0..<choices {
            if let index = first() { counts[index] += 1 }
        }
        return counts
    }

    /// Lets so many connections come and stay.
    mutating func fill(_ connections: Int) {
        for _ in 0..<connections {
            if let index = first() { loads[index] += 1 }
        }
    }
}

/// Tables are made once for all tests: in a debug build each takes a while.
private enum Tables {
    private static let made = Mutex<[[Int]: MaglevTable]>([:])

    static func table(_ weights: [Int]) -> MaglevTable {
        if let table = look(weights) { return table }
        let table = MaglevTable(labels: weights.indices.map { "backend-\($0)" }, weights: weights)
        keep(table, weights)
        return table
    }

    private static func look(_ weights: [Int]) -> MaglevTable? { made.withLock { $0[weights] } }

    private static func keep(_ table: MaglevTable, _ weights: [Int]) { made.withLock { $0[weights] = table } }
}

/// True when each count is within `tolerance` of its share of the sum.
func isNear(_ counts: [Int], weights: [Int], tolerance: Double = 0.05) -> Bool {
    let total = Double(counts.reduce(0, +))
    let sum = Double(weights.reduce(0, +))
    return zip(counts, weights).allSatisfy { count, weight in
        let ideal = total * Double(weight) / sum
        return abs(Double(count) - ideal) <= tolerance * ideal
    }
}
