import Testing

@testable import Balancing

/// A pool written as one letter a backend: `w` well, `s` suspect, `f` well and full, `F` suspect and full, `-` not available.
/// A bar begins the next tier.
private struct Row: CustomTestStringConvertible, Sendable {
    let pool: String
    var panic = 50
    /// All that may come, in any order within a tier of `order`.
    let order: [[Int]]
    let shortage: Candidates.Shortage

    init(_ pool: String, panic: Int = 50, _ order: [[Int]], then shortage: Candidates.Shortage = .unavailable) {
        (self.pool, self.panic, self.order, self.shortage) = (pool, panic, order, shortage)
    }

    var testDescription: String { "\(pool) at \(panic)%" }

    func field(_ algorithm: Algorithm) -> Field {
        var facts: [BackendFacts] = []
        var tier = 0
        for letter in pool {
            switch letter {
            case "|": tier += 16
            case "w": facts.append(BackendFacts(tier: tier))
            case "s": facts.append(BackendFacts(tier: tier, isSuspect: true))
            case "f": facts.append(BackendFacts(tier: tier, isSaturated: true))
            case "F": facts.append(BackendFacts(maxConnections: 0, tier: tier, isSuspect: true))
            default: facts.append(BackendFacts(isAvailable: false, tier: tier))
            }
        }
        var field = Field(algorithm, weights: facts.map { _ in 1 })
        field.facts = facts
        field.panic = panic
        return field
    }
}

@Suite struct TierTests {
    private static let rows = [
        // Tiers.
        Row("ww|w", [[0, 1], [2]]),
        Row("w-|ww", [[0], [2, 3]]),
        Row("--|w|w", [[2], [3]]),
        Row("ff|w", [[2]], then: .full),
        Row("fw|w", [[1], [2]], then: .full),
        Row("|||w", [[0]]),
        // Suspects, too few to panic.
        Row("wws", [[0, 1]]),
        Row("ws", [[0]]),
        Row("wwwwssss", [[0, 1, 2, 3]]),
        // Panic: the suspects are used like the others.
        Row("wss", [[0, 1, 2]]),
        Row("sss", [[0, 1, 2]]),
        Row("s", [[0]]),
        Row("s-", [[0]]),
        // Who is not available neither helps nor hurts.
        Row("ws---", [[0]]),
        Row("wss--", [[0, 1, 2]]),
        // A tier that is well keeps panic off.
        Row("sss|w", [[3]]),
        Row("wss|w", [[0], [3]]),
        Row("w|sss", [[0]]),
        Row("f|sss", [], then: .full),
        // Panic in all tiers: where somebody is well comes first.
        Row("sss|wss", [[3, 4, 5], [0, 1, 2]]),
        Row("wss|sss", [[0, 1, 2], [3, 4, 5]]),
        Row("sss|sss", [[0, 1, 2], [3, 4, 5]]),
        Row("sss|---", [[0, 1, 2]]),
        // The percentage.
        Row("ws", panic: 51, [[0, 1]]),
        Row("wwws", panic: 100, [[0, 1, 2, 3]]),
        Row("wwww", panic: 100, [[0, 1, 2, 3]]),
        Row("wss", panic: 0, [[0]]),
        Row("sss", panic: 0, []),
        Row("sss", panic: -7, []),
        Row("wwws", panic: 999, [[0, 1, 2, 3]]),
        // Full is not unavailable, and a suspect's fullness counts only where he is used.
        Row("ff", [], then: .full),
        Row("f-", [], then: .full),
        Row("--", []),
        Row("", []),
        Row("wwF", [[0, 1]]),
        Row("FF", [], then: .full),
        Row("FF", panic: 0, []),
        Row("wFF", [[0]], then: .full),
    ]

    @Test(arguments: rows, Algorithm.allCases)
    fileprivate func `tiers, suspects and panic come out as the table says`(row: Row, algorithm: Algorithm) {
        var field = row.field(algorithm)
        for _ in 0..<20 {
            var order = field.order()[...]
            for tier in row.order {
                #expect(order.prefix(tier.count).sorted() == tier)
                order = order.dropFirst(tier.count)
            }
            #expect(order.isEmpty)
        }
        #expect(field.shortage() == row.shortage)
    }

    @Test(arguments: Algorithm.allCases)
    func `the shortage is told only while there is one`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 1])
        field.facts[0].maxConnections = 3
        field.facts[1].isAvailable = false
        field.loads[0] = 3
        var candidates = field.candidates()
        #expect(candidates.shortage == nil)
        #expect(field.next(&candidates) == nil)
        #expect(candidates.shortage == .full)
        field.loads[0] = 2
        #expect(field.next(&candidates) == 0)
        #expect(candidates.shortage == nil)
        #expect(field.next(&candidates) == nil)
        #expect(candidates.shortage == .unavailable)
        // Others filled it while it was dialed: a place may come free, so waiting is no mistake.
        field.loads[0] = 3
        #expect(field.next(&candidates) == nil)
        #expect(candidates.shortage == .full)
    }

    @Test func `backups come after all priorities, and numbers out of range count as the nearest`() {
        #expect((0...15).map { BackendFacts.tier(priority: $0, isBackup: false) } == Array(0...15))
        #expect((0...15).map { BackendFacts.tier(priority: $0, isBackup: true) } == Array(16...31))
        #expect(BackendFacts.tier(priority: .min, isBackup: false) == 0)
        #expect(BackendFacts.tier(priority: .max, isBackup: true) == 31)
    }

    @Test func `tiers at the ends of the numbers are tiers`() {
        var field = Field(.roundRobin, weights: [1, 1, 1])
        field.facts[0].tier = .max
        field.facts[1].tier = .min
        #expect(field.order() == [1, 2, 0])
    }
}

@Suite struct ZoneTests {
    /// Weights of the proxy's zone and which of them are down; the share that stays, in thousandths.
    private static let rows: [(local: [Int], down: [Int], share: Int)] = [
        ([1, 1, 1, 1], [], 1000),
        ([1, 1, 1, 1], [0], 1000),
        ([1, 1, 1, 1], [0, 1], 714),
        ([1, 1, 1, 1], [0, 1, 2], 357),
        ([1, 1, 1, 1], [0, 1, 2, 3], 0),
        ([7, 3], [1], 1000),
        ([7, 3], [0], 428),
        ([69, 31], [1], 985),
    ]

    /// The proxy's zone and as much elsewhere.
    private func field(_ algorithm: Algorithm, local: [Int]) -> Field {
        var field = Field(algorithm, weights: local + local)
        for index in local.indices { field.facts[local.count + index].isLocal = false }
        return field
    }

    @Test(arguments: rows, [Algorithm.roundRobin, .leastConnections, .powerOfTwo, .random])
    func `a zone keeps what it can carry, by weight, and the rest goes to the others by theirs`(
        row: (local: [Int], down: [Int], share: Int), algorithm: Algorithm
    ) {
        var field = field(algorithm, local: row.local)
        for index in row.down { field.facts[index].isSuspect = true }
        let local = row.local.count
        field.fill(6000)
        #expect(abs(field.loads.prefix(local).reduce(0, +) - row.share * 6) <= 150)
        for index in row.down { #expect(field.loads[index] == 0) }
        let remote = Array(field.loads.suffix(local))
        if row.share == 1000 { #expect(remote.allSatisfy { $0 == 0 }) }
        if row.share < 900 { #expect(isNear(remote, weights: row.local, tolerance: 0.15)) }
    }

    @Test(arguments: [Algorithm.roundRobin, .leastConnections, .powerOfTwo, .random])
    func `what is drained is missing too`(algorithm: Algorithm) {
        var field = field(algorithm, local: [1, 1])
        field.facts[0].isAvailable = false
        field.fill(10_000)
        #expect(abs(field.loads[1] - 7140) < 300)
    }

    @Test(arguments: [Algorithm.roundRobin, .leastConnections, .powerOfTwo, .random])
    func `a full zone spills over, and fallbacks exhaust it first`(algorithm: Algorithm) {
        var field = field(algorithm, local: [1, 1])
        for _ in 0..<50 {
            let order = field.order()
            #expect(order.prefix(2).sorted() == [0, 1])
            #expect(order.suffix(2).sorted() == [2, 3])
        }
        field.facts[0].maxConnections = 0
        for _ in 0..<50 { #expect(field.first() == 1) }
        field.facts[1].isSaturated = true
        for _ in 0..<50 { #expect(field.order().sorted() == [2, 3]) }
    }

    @Test func `one connection's fallbacks stay on the side it was sent to while there is somebody`() {
        var field = field(.random, local: [1, 1, 1, 1])
        for index in 0..<2 { field.facts[index].isSuspect = true }
        var firsts = Set<Bool>()
        for _ in 0..<200 {
            let sides = field.order().map { $0 < 4 }
            #expect(sides == [true, true, false, false, false, false] || sides == [false, false, false, false, true, true])
            firsts.insert(sides.first ?? true)
        }
        #expect(firsts.count == 2)
    }

    @Test func `all elsewhere, or all here, is no matter of zones`() {
        var field = Field(.roundRobin, weights: [1, 1, 1])
        for index in 0..<3 { field.facts[index].isLocal = false }
        #expect((0..<6).map { _ in field.first() } == [0, 1, 2, 0, 1, 2])
    }

    @Test func `a local backup does not come before a primary elsewhere`() {
        var field = Field(.leastConnections, weights: [1, 1])
        field.facts[0].tier = 16
        field.facts[1].isLocal = false
        #expect(field.order() == [1, 0])
    }

    @Test func `in panic the zone's suspects carry its load again`() {
        var field = field(.roundRobin, local: [1, 1])
        for index in 0..<3 { field.facts[index].isSuspect = true }
        for _ in 0..<20 { #expect((field.first() ?? 9) < 2) }
    }
}
