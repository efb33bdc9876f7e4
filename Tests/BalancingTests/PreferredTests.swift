import Testing

@testable import Balancing

@Suite struct PreferredTests {
    @Test(arguments: Algorithm.allCases)
    func `the preferred one comes first, then the others, and nobody twice`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 5, 2])
        field.preferred = 2
        for _ in 0..<50 {
            let order = field.order()
            #expect(order.first == 2)
            #expect(order.sorted() == [0, 1, 2])
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `tier, zone, ramp and load do not part it from its connection`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 1, 1])
        field.preferred = 2
        field.maxLoad = 1000
        field.facts[2] = BackendFacts(maxConnections: 101, tier: 16, isLocal: false, ramp: 1)
        field.loads[2] = 100
        for _ in 0..<50 { #expect(field.first() == 2) }
    }

    @Test(arguments: Algorithm.allCases)
    func `one that is out, full or suspect is not kept to`(algorithm: Algorithm) {
        let states = [
            BackendFacts(isAvailable: false), BackendFacts(maxConnections: 4), BackendFacts(isSuspect: true),
            BackendFacts(isSaturated: true),
        ]
        for state in states {
            var field = Field(algorithm, weights: [1, 1, 1])
            field.preferred = 1
            field.facts[1] = state
            field.loads[1] = 4
            for _ in 0..<20 { #expect(field.order().sorted() == [0, 2]) }
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `in panic a suspect one is kept to`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 1, 1])
        field.preferred = 1
        for index in 0..<3 { field.facts[index].isSuspect = true }
        for _ in 0..<20 { #expect(field.first() == 1) }
        field.panic = 0
        #expect(field.first() == nil)
    }

    @Test(arguments: Algorithm.allCases)
    func `one that recovers after the first dial comes only in its turn`(algorithm: Algorithm) {
        var field = Field(algorithm, weights: [1, 1, 1])
        field.preferred = 1
        field.facts[1].isAvailable = false
        var candidates = field.candidates()
        #expect(field.next(&candidates) != 1)
        field.facts[1].isAvailable = true
        let rest = [field.next(&candidates), field.next(&candidates), field.next(&candidates)]
        #expect(rest.contains(1))
        #expect(rest[2] == nil)
    }

    @Test func `once another was tried it has no precedence`() {
        var field = Field(.roundRobin, weights: [1, 1, 1])
        field.preferred = 2
        field.facts[2].isSaturated = true
        var candidates = field.candidates()
        #expect(field.next(&candidates) == 0)
        field.facts[2].isSaturated = false
        #expect(field.next(&candidates) == 1)
        #expect(field.next(&candidates) == 2)
    }

    @Test func `an index of no backend is ignored`() {
        for absurd in [-1, 3, Int.max, Int.min] {
            var field = Field(.roundRobin, weights: [1, 1, 1])
            field.preferred = absurd
            #expect(field.order() == [0, 1, 2])
        }
    }
}
