import Testing

@testable import Balancing

@Suite struct CandidatesTests {
    @Test(arguments: Algorithm.allCases)
    func `every backend comes once, and then nobody`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 5, 2, 9, 3])
        for _ in 0..<200 {
            #expect(field.order().sorted() == [0, 1, 2, 3, 4])
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `pools past 64 backends are walked whole too`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: (0..<100).map { $0 % 7 + 1 })
        #expect(field.order().sorted() == Array(0..<100))
    }

    @Test(arguments: Algorithm.allCases)
    func `an unavailable backend is never yielded`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 100, 1])
        field.facts[1].isAvailable = false
        for _ in 0..<200 {
            #expect(field.order().sorted() == [0, 2])
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a backend with max_connections live ones is passed over, one below it is not`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 1])
        field.facts[0].maxConnections = 3
        field.loads = [3, 1000]
        for _ in 0..<50 { #expect(field.order() == [1]) }
        field.loads = [2, 1000]
        for _ in 0..<50 { #expect(field.order().sorted() == [0, 1]) }
    }

    @Test(arguments: Algorithm.allCases)
    func `nobody is yielded when all are out, or when there is nobody`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 2])
        field.facts[0].isAvailable = false
        field.facts[1].maxConnections = 0
        #expect(field.order().isEmpty)
        var empty = Field(algorithm, weights: [])
        #expect(empty.order().isEmpty)
    }

    @Test(arguments: Algorithm.allCases)
    func `one backend gets everything`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [3])
        #expect(field.tally(100) == [100])
    }

    @Test(arguments: Algorithm.allCases)
    func `a fallback sees the pool as it is by then`(algorithm: Algorithm) throws {
        var field = Field(algorithm, weights: [1, 1, 1])
        var candidates = field.candidates()
        let choice = field.next(&candidates)
        let first = try #require(choice)
        // While the first was dialed, all but one of the others went down.
        let others = [0, 1, 2].filter { $0 != first }
        field.facts[others[0]].isAvailable = false
        #expect(field.next(&candidates) == others[1])
        #expect(field.next(&candidates) == nil)
        // It came back: it may still be tried, the ones that were tried may not.
        field.facts[others[0]].isAvailable = true
        #expect(field.next(&candidates) == others[0])
        #expect(field.next(&candidates) == nil)
    }

    @Test(arguments: Algorithm.allCases)
    func `the largest of numbers overflow nothing`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [Int.max, 1, Int.min])
        field.loads = [Int.max, Int.min, Int.max - 1]
        field.facts[2].maxConnections = Int.max
        field.ticket = .max
        for _ in 0..<10 { #expect(field.order().sorted() == [0, 1, 2]) }
    }

    @Test(arguments: [Algorithm.powerOfTwo, .random])
    func `the same seed chooses the same order`(algorithm: Algorithm) {
        var one = Field(algorithm, weights: [1, 2, 3, 4])
        var other = one
        let orders = (0..<20).map { _ in one.order() }
        #expect(orders == (0..<20).map { _ in other.order() })
        #expect(Set(orders).count > 1)
    }
}
