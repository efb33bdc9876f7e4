import Testing

@testable import Balancing

@Suite struct IndexSetTests {
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `it does what a set of numbers does`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<300 {
            let most = [10, 64, 65, 300].randomElement(using: &random) ?? 10
            let (one, other) = (numbers(below: most, &random), numbers(below: most, &random))
            let (left, right) = (IndexSet(one), IndexSet(other))
            var union = left
            union.formUnion(right)
            #expect(members(union) == one.union(other).sorted())
            #expect(members(left.intersection(right)) == one.intersection(other).sorted())
            #expect(members(left.subtracting(right)) == one.subtracting(other).sorted())
            #expect(left.intersection(right).isEmpty == one.isDisjoint(with: other))
            #expect(left.count == one.count)
            #expect((0..<most + 5).filter { left.contains($0) } == one.sorted())
        }
    }

    @Test func `numbers that are no index are not kept, and emptied it is as new`() {
        var set = IndexSet([-1, Int.min])
        #expect(set.isEmpty)
        #expect(!set.contains(-1))
        set = IndexSet([3, 200])
        #expect(set.element(at: -1) == nil)
        #expect(set.element(at: 2) == nil)
        set.removeAll()
        #expect(set == IndexSet())
    }

    private func numbers(below most: Int, _ random: inout SplitMix) -> Set<Int> {
        Set((0..<Int.random(in: 0...most, using: &random)).map { _ in Int.random(in: 0..<most, using: &random) })
    }

    private func members(_ set: IndexSet) -> [Int] {
        (0..<set.count).compactMap { set.element(at: $0) }
    }
}
