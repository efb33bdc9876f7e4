import Testing

@testable import Balancing

@Suite struct MaglevTableTests {
    private static let keys = (0..<100_000).map { StableHash.rehash($0, turn: 99) }

    private func labels(_ count: Int) -> [String] { (0..<count).map { "10.0.\($0 / 250).\($0 % 250):9000" } }

    /// What does not depend on the size is tried on a small table.
    private static let small = 65_537

    private func table(_ labels: [String], size: Int = small) -> MaglevTable {
        MaglevTable(labels: labels, weights: labels.map { _ in 1 }, size: size)
    }

    /// The labels of the backends of some keys.
    private func owners(_ table: MaglevTable, _ labels: [String], keys: some Sequence<UInt64>) -> [String] {
        keys.map { key in table.first(forKey: key) { _ in true }.map { labels[$0] } ?? "" }
    }

    @Test(arguments: [[1, 1], [1, 1, 1, 1, 1, 1, 1], [1, 2, 3], [10, 1, 1], [100, 50, 25], [7, 7, 1, 1, 30]])
    func `100,000 keys fall within 5 percent of the shares by weight`(weights: [Int]) {
        let table = MaglevTable(labels: labels(weights.count), weights: weights)
        var counts = weights.map { _ in 0 }
        for key in Self.keys {
            if let index = table.first(forKey: key, where: { _ in true }) { counts[index] += 1 }
        }
        #expect(isNear(counts, weights: weights))
    }

    @Test(arguments: [2, 3, 10, 40])
    func `slots are even within one where weights are equal`(count: Int) {
        let table = table(labels(count))
        var counts = [Int](repeating: 0, count: count)
        for slot in table.slots { counts[Int(slot)] += 1 }
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    }

    @Test(arguments: [3, 10, 41, 100])
    func `when one of n leaves, at most 1.25 in n of the keys move`(count: Int) throws {
        let before = labels(count)
        let old = owners(table(before, size: MaglevTable.slotCount), before, keys: Self.keys)
        for leaver in count > 10 ? [17] : [0, count / 2] {
            let after = before.indices.filter { $0 != leaver }.map { before[$0] }
            let new = owners(table(after, size: MaglevTable.slotCount), after, keys: Self.keys)
            let moved = zip(old, new).count { $0 != $1 }
            #expect(Double(moved) <= 1.25 / Double(count) * Double(Self.keys.count), "\(before[leaver])")
            #expect(!new.contains(before[leaver]))
        }
    }

    @Test func `when one of weight 5 among 20 leaves, at most 1.25 of its share moves`() {
        let weights = [5, 5, 4, 3, 3]
        let before = labels(5)
        let old = owners(MaglevTable(labels: before, weights: weights), before, keys: Self.keys)
        let after = Array(before.dropFirst())
        let new = owners(MaglevTable(labels: after, weights: Array(weights.dropFirst())), after, keys: Self.keys)
        #expect(Double(zip(old, new).count { $0 != $1 }) <= 1.25 * 5 / 20 * Double(Self.keys.count))
    }

    @Test func `the order of the list does not matter, weights and equal labels included`() {
        let names = labels(12) + ["twin", "twin"]
        let weights = names.indices.map { $0 >= 12 ? 4 : $0 % 5 + 1 }
        var random = SplitMix(seed: 3)
        let first = owners(MaglevTable(labels: names, weights: weights, size: Self.small), names, keys: Self.keys.prefix(5000))
        for _ in 0..<3 {
            let order = names.indices.shuffled(using: &random)
            let shuffled = order.map { names[$0] }
            let table = MaglevTable(labels: shuffled, weights: order.map { weights[$0] }, size: Self.small)
            #expect(owners(table, shuffled, keys: Self.keys.prefix(5000)) == first)
        }
    }

    @Test func `two with one label both get their keys`() {
        let table = table(["same", "same"])
        let second = table.slots.count { $0 == 1 }
        #expect(abs(second * 2 - table.size) <= 1)
    }

    @Test func `a table made elsewhere is this one`() {
        // Computed by a second implementation in another language: proxies of all versions must come to the same.
        let table = MaglevTable(labels: ["a:1", "b:2", "c:3"], weights: [1, 2, 3], size: 65_537)
        let bytes = table.slots.map { UInt8(truncatingIfNeeded: $0) }
        #expect(StableHash.hash(bytes.span) == 17_592_423_886_009_176_279)
    }

    @Test func `all pools have one size, a prime, so that none of them crosses from one to another`() {
        #expect([1, 200].allSatisfy { MaglevTable(labels: labels($0), weights: []).size == MaglevTable.slotCount })
        #expect(!(2...1024).contains { MaglevTable.slotCount % $0 == 0 })
    }

    @Test func `a pool of 4096 is filled, and everybody has his slots`() {
        let table = table(labels(4096), size: MaglevTable.slotCount)
        var counts = [Int](repeating: 0, count: 4096)
        for slot in table.slots { counts[Int(slot)] += 1 }
        #expect(counts.allSatisfy { $0 == 256 || $0 == 257 })
    }

    @Test func `absurd weights leave everybody a slot, and cost no more time`() {
        let weights = [Int.max] + [Int](repeating: 1, count: 30) + [Int.min, 0]
        let table = MaglevTable(labels: labels(weights.count), weights: weights, size: Self.small)
        #expect(Set(table.slots).count == weights.count)
        #expect(table.slots.count { $0 == 0 } == table.size - weights.count + 1)
    }

    @Test func `missing weights count as one, and nobody has no table`() {
        #expect(MaglevTable(labels: ["a", "b"], weights: [], size: Self.small).slots == table(["a", "b"]).slots)
        let empty = MaglevTable(labels: [], weights: [3])
        #expect(empty.size == 0)
        #expect(empty.first(forKey: 1) { _ in true } == nil)
    }

    @Test func `each key's preference comes to everybody in the end, however rare he is`() {
        let table = MaglevTable(labels: labels(40), weights: [1_000_000] + [Int](repeating: 1, count: 39), size: Self.small)
        for key in Self.keys.prefix(20) {
            for wanted in [0, 1, 39] {
                #expect(table.first(forKey: key) { $0 == wanted } == wanted)
            }
        }
        #expect(table.first(forKey: 5) { _ in false } == nil)
    }

    @Test func `while one is out its keys go to the others by weight, and no other key moves`() {
        let weights = [3, 1, 2, 4]
        let table = MaglevTable(labels: labels(4), weights: weights)
        var heirs = [0, 0, 0, 0]
        for key in Self.keys {
            let owner = table.first(forKey: key) { _ in true }
            let heir = table.first(forKey: key) { $0 != 0 }
            if owner == 0 {
                if let heir { heirs[heir] += 1 }
            } else {
                #expect(heir == owner)
            }
        }
        #expect(heirs[0] == 0)
        #expect(isNear(Array(heirs.dropFirst()), weights: [1, 2, 4]))
    }
}
