import Testing

@testable import Balancing

@Suite struct ScheduleTests {
    @Test func `weights 5 1 1 are interleaved smoothly`() {
        #expect(Schedule(weights: [5, 1, 1]).slots == [0, 0, 1, 0, 2, 0, 0])
    }

    @Test func `equal weights take turns, and a common divisor is taken out`() {
        #expect(Schedule(weights: [1, 1, 1]).slots == [0, 1, 2])
        #expect(Schedule(weights: [300, 300]).slots == [0, 1])
        #expect(Schedule(weights: [6, 3]).slots == [0, 1, 0])
        #expect(Schedule(weights: [7]).slots == [0])
    }

    @Test func `an empty pool has an empty schedule`() {
        #expect(Schedule(weights: []).count == 0)
    }

    @Test(arguments: [[1, 2, 3], [1000, 999, 1], [5, 5, 10, 20], [17, 4, 4, 1, 1]])
    func `each backend has slots by its weight`(weights: [Int]) {
        let schedule = Schedule(weights: weights)
        let counts = weights.indices.map { index in schedule.slots.count { $0 == index } }
        #expect(counts == schedule.shares)
        #expect(isNear(counts, weights: weights, tolerance: 0.001))
    }

    @Test(arguments: [[1, 2, 3], [10, 3, 3], [50, 49, 1]])
    func `in every window of the round a backend has its share, give or take one`(weights: [Int]) {
        let schedule = Schedule(weights: weights)
        let total = schedule.count
        for (index, share) in schedule.shares.enumerated() {
            for length in 1...total {
                for start in 0..<total {
                    let count = (start..<start + length).count { schedule.slots[$0 % total] == index }
                    let ideal = Double(length * share) / Double(total)
                    #expect(abs(Double(count) - ideal) < 2)
                }
            }
        }
    }

    @Test func `weights too large for the bound are scaled, and nobody loses the last slot`() {
        let weights = (0..<100).map { 1000 - $0 * 7 } + [1]
        let schedule = Schedule(weights: weights)
        #expect(schedule.count <= Schedule.longest + weights.count)
        #expect(isNear(Array(schedule.shares.dropLast()), weights: weights.dropLast()))
        #expect(schedule.shares.last == 1)
        #expect(schedule.slots.contains(100))
    }

    @Test func `a pool larger than the bound keeps one slot for each`() {
        #expect(Schedule(weights: [Int](repeating: 3, count: 5000)).slots == Array(0..<5000))
    }

    @Test func `weights out of range are taken for the nearest in range`() {
        #expect(Schedule(weights: [0, -5, Int.min]).slots == [0, 1, 2])
        #expect(Schedule(weights: [Int.max, Int.max]).slots == [0, 1])
        let schedule = Schedule(weights: [Int.max, 1])
        #expect(schedule.shares.last == 1)
        #expect(schedule.count <= Schedule.longest + 1)
    }
}
