import Support
import Synchronization
import Testing

@testable import DataPlane

@Suite("Where keys are held") struct PlacementTableTests {
    @Test func `a key stays until its last tunnel has ended`() {
        let table = PlacementTable(buckets: 4)
        #expect(table.backend(of: 77) == nil)
        #expect(table.hold(77, at: 5, insteadOf: nil) == .held)
        #expect(table.hold(77, at: 5, insteadOf: 5) == .held)
        #expect(table.backend(of: 77) == 5 && table.holds(at: 5))
        table.release(77, at: 5)
        #expect(table.backend(of: 77) == 5)
        table.release(77, at: 5)
        #expect(table.backend(of: 77) == nil && !table.holds(at: 5))
        // One too many does no harm.
        table.release(77, at: 5)
        #expect(table.hold(77, at: 0, insteadOf: nil) == .held && table.backend(of: 77) == 0)
    }

    @Test func `who did not see where a key is held is told, and moves nothing`() {
        let table = PlacementTable(buckets: 4)
        #expect(table.hold(77, at: 5, insteadOf: nil) == .held)
        #expect(table.hold(77, at: 6, insteadOf: nil) == .elsewhere(5))
        #expect(table.hold(77, at: 6, insteadOf: 4) == .elsewhere(5))
        #expect(table.backend(of: 77) == 5)
    }

    @Test func `a key that moves is counted anew, and those left behind do not end its hold`() {
        let table = PlacementTable(buckets: 4)
        for _ in 0..<3 { #expect(table.hold(77, at: 5, insteadOf: 5) == .held) }
        #expect(table.hold(77, at: 6, insteadOf: 5) == .held && table.backend(of: 77) == 6)
        for _ in 0..<3 { table.release(77, at: 5) }
        #expect(table.backend(of: 77) == 6)
        table.release(77, at: 6)
        #expect(table.backend(of: 77) == nil)
    }

    @Test func `a full bucket holds no more keys, and still those that it has`() {
        let table = PlacementTable(buckets: 1)
        for key in UInt64(1)...8 { #expect(table.hold(key << 32, at: Int(key), insteadOf: nil) == .held) }
        #expect(table.hold(9 << 32, at: 9, insteadOf: nil) == .full)
        #expect(table.backend(of: 9 << 32) == nil && table.hold(8 << 32, at: 8, insteadOf: 8) == .held)
        table.release(3 << 32, at: 3)
        #expect(table.hold(9 << 32, at: 9, insteadOf: nil) == .held)
        for key in [UInt64(1), 2, 4, 5, 6, 7, 8, 9] { #expect(table.backend(of: key << 32) == Int(key)) }
    }

    @Test func `a count stops at its bound and never spills into the backend`() {
        var word = PlacementWord(fingerprint: .max, backend: 4095)
        #expect(word.fingerprint == .max && word.backend == 4095 && word.count == 1)
        word = PlacementWord(bits: word.bits | 0xF_FFFF)
        #expect(word.count == PlacementWord.mostTunnels && word.plusOne == nil && word.minusOne.count == word.count - 1)
        #expect(PlacementWord(fingerprint: 0, backend: 0).minusOne == .free && !PlacementWord(fingerprint: 0, backend: 0).isFree)
    }

    /// Threads open and close tunnels of few keys in one bucket, each at its own backend, and follow the table wherever it sends them.
    /// While one holds a key, all who hold it are at the same backend.
    @Test func `threads that meet at a key agree, and leave nothing behind`() throws {
        let table = PlacementTable(buckets: 1)
        let race = Race(threads: 4)
        for thread in 0..<4 {
            try Thread {
                var random = SeededRandom(seed: UInt64(thread))
                for _ in 0..<20_000 { race.step(table, wish: thread, key: random.below(Race.keys)) }
                race.done()
            }.start(name: "race")
        }
        #expect(eventually { race.isOver })
        #expect(race.disagreements == 0 && race.holds > 20_000)
        for backend in 0..<4 { #expect(!table.holds(at: backend)) }
    }

    /// What the threads of a race share: who is where, as they see it.
    private final class Race: Sendable {
        static let keys = 3
        private let running: Atomic<Int>
        private let held = Atomic<Int>(0)
        private let wrong = Atomic<Int>(0)
        /// For each key the backend in the upper half, and how many hold it in the lower.
        private let seen = Mutex<[(backend: Int, count: Int)]>(Array(repeating: (0, 0), count: Race.keys))

        init(threads: Int) { running = Atomic(threads) }

        var isOver: Bool { running.load(ordering: .acquiring) == 0 }
        var holds: Int { held.load(ordering: .relaxed) }
        var disagreements: Int { wrong.load(ordering: .relaxed) }

        func done() { running.wrappingSubtract(1, ordering: .acquiringAndReleasing) }

        func step(_ table: PlacementTable, wish: Int, key: Int) {
            let hash = UInt64(key + 1) << 32
            var backend = wish
            for _ in 0..<8 {
                switch table.hold(hash, at: backend, insteadOf: nil) {
                case .elsewhere(let other): backend = other
                case .full: return
                case .held:
                    held.wrappingAdd(1, ordering: .relaxed)
                    enter(key, backend)
                    leave(key)
                    table.release(hash, at: backend)
                    return
                }
            }
        }

        private func enter(_ key: Int, _ backend: Int) {
            seen.withLock { seen in
                if seen[key].count > 0, seen[key].backend != backend { wrong.wrappingAdd(1, ordering: .relaxed) }
                seen[key] = (backend, seen[key].count + 1)
            }
        }

        private func leave(_ key: Int) { seen.withLock { $0[key].count -= 1 } }
    }
}

@Suite("Numbers of backends") struct PlacementsTests {
    @Test func `a label keeps its number while others come and go`() {
        let placements = Placements(table: PlacementTable(buckets: 1))
        let first = placements.numbers(of: ["a", "b", "c"])
        #expect(Set(first).count == 3)
        let second = placements.numbers(of: ["d", "c"])
        #expect(second[1] == first[2] && !first.contains(second[0]))
        #expect(placements.numbers(of: ["a", "b", "c"]) == first)
    }

    @Test func `numbers of backends that are gone are used again, unless a key is held there`() throws {
        let placements = Placements(table: PlacementTable(buckets: 1))
        let old = placements.numbers(of: (0..<PlacementWord.mostBackends).map { "old-\($0)" }).compactMap { $0 }
        #expect(Set(old).count == PlacementWord.mostBackends)
        #expect(placements.table.hold(1, at: old[7], insteadOf: nil) == .held)
        let new = placements.numbers(of: (0..<PlacementWord.mostBackends).map { "new-\($0)" })
        #expect(!new.contains(old[7]) && new.filter { $0 == nil }.count == 1)
        #expect(Set(new.compactMap { $0 }).count == PlacementWord.mostBackends - 1)
        placements.table.release(1, at: old[7])
    }
}
