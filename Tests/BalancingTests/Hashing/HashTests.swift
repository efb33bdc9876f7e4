import Testing

@testable import Balancing

@Suite struct HashTests {
    @Test func `one key comes to one backend, in whatever turn`() throws {
        var field = Field(.hash, weights: [1, 1, 1])
        field.key = 12345
        let first = field.first()
        let owner = try #require(first)
        #expect(Set((0..<100).map { _ in field.order() }).count == 1)
        // It comes back to it after an absence, and others' absence does not move it.
        field.facts[owner].isSuspect = true
        let second = field.first()
        let heir = try #require(second)
        #expect(heir != owner)
        field.facts[owner].isSuspect = false
        field.facts[heir].isSuspect = true
        #expect(field.first() == owner)
    }

    @Test func `a request without a key is sent in turn`() {
        let schedule = Schedule(weights: [1, 1, 1])
        var random = SplitMix(seed: 1)
        let firsts: [Int?] = (0..<6 as Range<UInt64>).map { ticket in
            var candidates = Candidates(algorithm: .hash, schedule: schedule, ticket: ticket)
            return candidates.next(facts: { _ in BackendFacts() }, loads: { _ in 0 }, using: &random)
        }
        #expect(firsts == [0, 1, 2, 0, 1, 2])
    }

    @Test func `a placement means nothing to the other algorithms`() {
        let table = MaglevTable(labels: ["a", "b"], weights: [1, 1])
        var random = SplitMix(seed: 1)
        let firsts: [Int?] = (0..<4 as Range<UInt64>).map { ticket in
            var candidates = Candidates(
                algorithm: .roundRobin, schedule: Schedule(weights: [1, 1]), ticket: ticket,
                placement: HashPlacement(table: table, key: 1))
            return candidates.next(facts: { _ in BackendFacts() }, loads: { _ in 0 }, using: &random)
        }
        #expect(firsts == [0, 1, 0, 1])
    }

    @Test(arguments: [1000, 1250, 2000])
    func `one hot key fills nobody past the bound`(maxLoad: Int) {
        let weights = [1, 2, 3, 4]
        var field = Field(.hash, weights: weights)
        field.key = 7
        field.maxLoad = maxLoad
        for total in 1...2000 {
            guard let index = field.first() else { return #expect(Bool(false), "nobody at \(total)") }
            field.loads[index] += 1
            let bound = (maxLoad * total * weights[index] + 9999) / 10_000
            #expect(field.loads[index] <= bound)
        }
        // And it does fill its own up to that.
        let fullest = zip(field.loads, weights).map { Double($0) / Double($1) }.max() ?? 0
        #expect(fullest >= Double(maxLoad) / 1000 * 200 * 0.95)
    }

    @Test func `without a bound one hot key stays where it is`() {
        var field = Field(.hash, weights: [1, 1, 1])
        field.key = 7
        field.fill(1000)
        #expect(field.loads.sorted() == [0, 0, 1000])
    }

    @Test func `the bound is a share of what the usable ones hold`() throws {
        var field = Field(.hash, weights: [1, 1, 1])
        field.key = 7
        field.maxLoad = 1250
        let first = field.first()
        let owner = try #require(first)
        let others = [0, 1, 2].filter { $0 != owner }
        // Connections that a dead backend still holds do not count as load to be shared.
        field.facts[others[0]].isSuspect = true
        field.loads[others[0]] = 10_000
        field.loads[owner] = 13
        field.loads[others[1]] = 7
        // 1.25 x 21 / 2 rounds up to 14: room for one.
        #expect(field.first() == owner)
        field.loads[owner] = 14
        field.loads[others[1]] = 7
        #expect(field.first() == others[1])
    }

    @Test func `where the bound leaves nobody it does not hold`() throws {
        var field = Field(.hash, weights: [1, 1])
        field.key = 7
        field.maxLoad = 1000
        let first = field.first()
        let owner = try #require(first)
        field.loads[owner] = 50
        field.facts[1 - owner].maxConnections = 0
        #expect(field.order() == [owner])
    }

    @Test func `loads past all numbers overflow nothing`() {
        var field = Field(.hash, weights: [Int.max, 1, 5])
        field.maxLoad = Int.max
        field.loads = [Int.max, Int.max, Int.max]
        #expect(field.order().sorted() == [0, 1, 2])
        field.maxLoad = Int.min
        #expect(field.order().sorted() == [0, 1, 2])
    }

    @Test func `in slow start keys come back one by one and none turns around`() {
        var field = Field(.hash, weights: [1, 1, 1])
        var here = Set<UInt64>()
        for ramp in [50, 200, 500, 800, 1000] {
            field.facts[0].ramp = ramp
            var now = Set<UInt64>()
            for key in 0..<6000 as Range<UInt64> {
                field.key = StableHash.rehash(key, turn: 5)
                if field.first() == 0 { now.insert(key) }
            }
            #expect(here.isSubset(of: now))
            #expect(abs(now.count - 2 * ramp) <= 100 + ramp / 10)
            here = now
        }
    }

    @Test func `keys of a backup are spread over the primaries until they are gone`() {
        var field = Field(.hash, weights: [1, 1, 1, 1])
        for index in [2, 3] { field.facts[index].tier = 16 }
        #expect(isNear(Array(field.tally(10_000).prefix(2)), weights: [1, 1]))
        field.facts[0].isSuspect = true
        #expect(field.tally(1000)[1] == 1000)
        field.facts[1].isSuspect = true
        let counts = field.tally(10_000)
        #expect(counts[0] + counts[1] == 0)
        #expect(isNear(Array(counts.suffix(2)), weights: [1, 1]))
    }

    @Test func `zones do not tear a key's connections apart`() {
        var here = Field(.hash, weights: [1, 1, 1, 1])
        var there = here
        for index in [0, 1] { here.facts[index].isLocal = false }
        for index in [2, 3] { there.facts[index].isLocal = false }
        #expect((0..<500).map { _ in here.first() } == (0..<500).map { _ in there.first() })
    }
}
