import Testing

@testable import Balancing

@Suite struct AlgorithmTests {
    static let weightings = [[1, 1, 1], [1, 2, 3], [5, 1, 1], [10, 20, 30, 40]]

    @Test(arguments: [Algorithm.roundRobin, .random, .hash], weightings)
    func `first choices follow the weights`(algorithm: Algorithm, weights: [Int]) {
        var field = Field(algorithm, weights: weights)
        #expect(isNear(field.tally(20_000), weights: weights))
    }

    @Test(arguments: [Algorithm.roundRobin, .random, .hash])
    func `the share of a backend that is down goes to the others by their weights`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [4, 1, 2, 3])
        field.facts[0].isAvailable = false
        let counts = field.tally(20_000)
        #expect(counts[0] == 0)
        #expect(isNear(Array(counts.dropFirst()), weights: [1, 2, 3]))
    }

    @Test func `round robin gives each ticket its slot, however workers draw them`() {
        var field = Field(.roundRobin, weights: [5, 1, 1])
        #expect((0..<14).map { _ in field.first() } == [0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0])
    }

    @Test func `round robin gives a dead backend's turns to all others alike, not to its neighbour`() {
        for weights in [[1, 1, 1], [1, 1, 1, 1], [2, 1, 3, 1]] {
            var field = Field(.roundRobin, weights: weights)
            var counts = [Int](repeating: 0, count: weights.count)
            let turns = 120 * weights.reduce(0, +)
            // The first one fails each dial, and nobody knows it yet.
            for _ in 0..<turns { field.order().first { $0 != 0 }.map { counts[$0] += 1 } }
            let others = weights.dropFirst().reduce(0, +)
            for index in 1..<weights.count {
                #expect(abs(counts[index] - turns * weights[index] / others) <= 2, "\(weights): \(counts)")
            }
        }
    }

    @Test func `round robin tries everybody once before it gives up`() {
        var field = Field(.roundRobin, weights: [1, 1, 1, 1])
        for _ in 0..<8 { #expect(field.order().sorted() == [0, 1, 2, 3]) }
        field.facts[3].isAvailable = false
        #expect(field.order().sorted() == [0, 1, 2])
    }

    @Test func `round robin survives the counter's wrap`() {
        var field = Field(.roundRobin, weights: [1, 1, 1])
        field.ticket = .max
        #expect(field.first() == 0)
        #expect(field.first() == 0)
        #expect(field.first() == 1)
    }

    @Test(arguments: [2, 3, 7, 64])
    func `least connections keeps equal backends within one of level`(count: Int) {
        var field = Field(.leastConnections, weights: [Int](repeating: 1, count: count))
        for _ in 0..<(count * 20) {
            field.fill(1)
            #expect((field.loads.max() ?? 0) - (field.loads.min() ?? 0) <= 1)
        }
    }

    @Test(arguments: weightings)
    func `least connections fills by weight`(weights: [Int]) {
        var field = Field(.leastConnections, weights: weights)
        field.fill(weights.reduce(0, +) * 50)
        #expect(field.loads == weights.map { $0 * 50 })
    }

    @Test func `least connections fills up a backend that came back empty first`() {
        var field = Field(.leastConnections, weights: [1, 1, 1])
        field.loads = [30, 30, 0]
        field.fill(30)
        #expect(field.loads == [30, 30, 30])
    }

    @Test func `least connections rotates among equals, the missing ones not counted`() {
        var field = Field(.leastConnections, weights: [1, 1, 1, 1])
        field.facts[1].isAvailable = false
        #expect(isNear([field.tally(3000)].flatMap { [$0[0], $0[2], $0[3]] }, weights: [1, 1, 1], tolerance: 0.001))
    }

    @Test func `power of two never takes the busiest of three first`() {
        var field = Field(.powerOfTwo, weights: [1, 1, 1])
        field.loads = [9, 5, 1]
        let counts = field.tally(3000)
        #expect(counts[0] == 0)
        #expect(isNear([counts[1], counts[2]], weights: [1, 2], tolerance: 0.1))
    }

    @Test func `power of two tries the heavier of its pair next`() {
        var field = Field(.powerOfTwo, weights: [1, 1])
        field.loads = [4, 2]
        for _ in 0..<20 { #expect(field.order() == [1, 0]) }
    }

    @Test(arguments: weightings)
    func `power of two fills by weight`(weights: [Int]) {
        var field = Field(.powerOfTwo, weights: weights)
        field.fill(20_000)
        #expect(isNear(field.loads, weights: weights))
    }

    @Test func `power of two stays close to level where random does not`() {
        func spread(_ algorithm: Algorithm) -> Int {
            var field = Field(algorithm, weights: [Int](repeating: 1, count: 10))
            field.fill(10_000)
            return (field.loads.max() ?? 0) - (field.loads.min() ?? 0)
        }
        #expect(spread(.powerOfTwo) <= 10)
        #expect(spread(.random) > 10)
    }

    @Test func `names are those of the configuration`() {
        let names = ["round_robin", "least_connections", "power_of_two", "random", "hash"]
        #expect(Algorithm.allCases.map(\.rawValue) == names)
    }
}
