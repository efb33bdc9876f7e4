import Testing

@testable import Balancing

/// Pools over time: connections come and end by a seeded generator.
@Suite struct SimulationTests {
    /// Lets connections come, and as many end at random, so that the sum stays.
    private func churn(_ field: inout Field, rounds: Int, ending: inout SplitMix, check: (Field) -> Void) {
        for _ in 0..<rounds {
            let total = field.loads.reduce(0, +)
            var place = Int.random(in: 0..<max(1, total), using: &ending)
            for index in field.loads.indices {
                if place < field.loads[index] {
                    field.loads[index] -= 1
                    break
                }
                place -= field.loads[index]
            }
            field.fill(1)
            check(field)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `least connections stays within one of level while connections end at random`(seed: UInt64) {
        var field = Field(.leastConnections, weights: [1, 1, 1, 1, 1])
        var ending = SplitMix(seed: seed)
        field.fill(500)
        // An end may open a gap of two; the next connection closes it.
        churn(&field, rounds: 3000, ending: &ending) { field in
            #expect((field.loads.max() ?? 0) - (field.loads.min() ?? 0) <= 2)
        }
        field.fill(10)
        #expect((field.loads.max() ?? 0) - (field.loads.min() ?? 0) <= 1)
    }

    @Test(arguments: Algorithm.allCases, [[1, 1, 1], [1, 2, 4], [10, 1, 1, 8]])
    func `in the long run everybody holds within 5 percent of his share by weight`(algorithm: Algorithm, weights: [Int]) {
        var field = Field(algorithm, weights: weights)
        field.maxLoad = 1250
        field.fill(60_000)
        #expect(isNear(field.loads, weights: weights))
    }

    @Test(arguments: Algorithm.allCases)
    func `the clients of a backend that died land on the others by weight`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 1, 2])
        field.fill(12_000)
        let lost = field.loads[0]
        field.loads[0] = 0
        field.facts[0].isSuspect = true
        field.fill(lost)
        #expect(field.loads[0] == 0)
        #expect(isNear(Array(field.loads.dropFirst()), weights: [1, 2]))
    }

    @Test(arguments: [UInt64(11), 12, 13])
    func `whatever happens to a pool, the one chosen could take it, and somebody is chosen if one could`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for round in 0..<400 {
            let count = Int.random(in: 1...70, using: &random)
            let algorithm = Algorithm.allCases[round % 4]
            var field = Field(algorithm, weights: (0..<count).map { _ in Int.random(in: -1...9, using: &random) })
            for index in 0..<count {
                field.facts[index].isAvailable = Int.random(in: 0..<4, using: &random) > 0
                field.facts[index].isSuspect = Int.random(in: 0..<3, using: &random) == 0
                field.facts[index].isLocal = Bool.random(using: &random)
                field.facts[index].tier = Int.random(in: 0...2, using: &random)
                field.facts[index].ramp = Int.random(in: -5...1005, using: &random)
                field.facts[index].maxConnections = Bool.random(using: &random) ? 5 : nil
                field.loads[index] = Int.random(in: 0...9, using: &random)
            }
            field.panic = Int.random(in: 0...100, using: &random)
            let order = field.order()
            let takes = field.facts.indices.filter { index in
                field.facts[index].isAvailable && (field.facts[index].maxConnections == nil || field.loads[index] < 5)
            }
            #expect(Set(order).count == order.count)
            #expect(Set(order).isSubset(of: takes))
            let well = takes.filter { !field.facts[$0].isSuspect }
            #expect(Set(well).isSubset(of: order))
            if Set(order) != Set(well) { #expect(Set(order) == Set(takes)) }
        }
    }

    @Test func `a key with live tunnels stays while the pool grows, and moves when the last has ended`() {
        let labels = ["a:1", "b:1", "c:1", "d:1"]
        let small = (MaglevTable(labels: Array(labels.prefix(3)), weights: [1, 1, 1]), Schedule(weights: [1, 1, 1]))
        let large = (MaglevTable(labels: labels, weights: [1, 1, 1, 1]), Schedule(weights: [1, 1, 1, 1]))
        var random = SplitMix(seed: 9)
        var holds: [UInt64: (backend: Int, tunnels: Int)] = [:]
        var loads = [0, 0, 0, 0]
        var moved = 0
        for step in 0..<40_000 {
            let (table, schedule) = step < 20_000 ? small : large
            let key = StableHash.rehash(UInt64.random(in: 0..<2000, using: &random), turn: 3)
            if let hold = holds[key], Int.random(in: 0..<10, using: &random) < 7 {
                // One of its tunnels ends.
                loads[hold.backend] -= 1
                holds[key] = hold.tunnels == 1 ? nil : (hold.backend, hold.tunnels - 1)
                continue
            }
            var candidates = Candidates(
                algorithm: .hash, schedule: schedule, ticket: UInt64(step),
                placement: HashPlacement(table: table, key: key, maxLoad: 1250), preferred: holds[key]?.backend)
            let current = loads
            let next = candidates.next(facts: { _ in BackendFacts() }, loads: { current[$0] }, using: &random)
            guard let next else { return #expect(Bool(false), "nobody took it") }
            if let hold = holds[key] {
                #expect(next == hold.backend)
                holds[key] = (next, hold.tunnels + 1)
            } else {
                holds[key] = (next, 1)
                if next == 3 { moved += 1 }
            }
            loads[next] += 1
        }
        #expect(moved > 200)
        #expect(isNear(loads, weights: [1, 1, 1, 1], tolerance: 0.25))
    }
}
