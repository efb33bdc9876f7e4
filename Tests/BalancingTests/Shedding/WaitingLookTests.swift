import Testing

@testable import Balancing

@Suite struct WaitingLookTests {
    @Test func `the first and all who wait can be looked at, and stay`() {
        var queue = WaitingQueue<Int>(bound: 10)
        #expect(queue.first == nil && queue.elements == [])
        let tickets = (1...4).map { queue.enqueue($0, deadline: UInt64($0)) }
        #expect(queue.first == 1 && queue.elements == [1, 2, 3, 4] && queue.count == 4)
        for index in [0, 2] { if let ticket = tickets[index] { _ = queue.remove(ticket) } }
        #expect(queue.first == 2 && queue.elements == [2, 4])
        _ = queue.enqueue(5, deadline: 9)
        let popped = queue.popFirst()
        #expect(popped == 2 && queue.first == 4 && queue.elements == [4, 5])
    }

    @Test func `a backend whose place another took first comes again`() {
        var random = SplitMix(seed: 1)
        var candidates = Candidates(algorithm: .leastConnections, schedule: Schedule(weights: [1, 1]), ticket: 0)
        var loads = [0, 5]
        func next() -> Int? { candidates.next(facts: { _ in BackendFacts() }, loads: { loads[$0] }, using: &random) }
        let first = next()
        candidates.putBack(0)
        loads = [0, 0]
        let others = [next(), next()]
        let last = next()
        #expect(first == 0 && Set(others) == [0, 1] && last == nil)
    }

    @Test func `numbers leave a set, small and large`() {
        var set = IndexSet([1, 63, 64, 200])
        for number in [63, 200, -1, 900, 5] { set.remove(number) }
        #expect(set == IndexSet([1, 64]) && set.count == 2)
        set.remove(64)
        set.remove(1)
        #expect(set.isEmpty && set == IndexSet())
    }
}
