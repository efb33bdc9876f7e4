import Support
import Testing

@testable import Transport

@Suite struct BacklogTests {
    private func append(_ backlog: inout Backlog, _ bytes: [UInt8], bound: Int = 1000) -> Bool {
        bytes.withUnsafeBytes { backlog.append($0, bound: bound) }
    }

    @Test func `bytes come out in the order they went in`() {
        var backlog = Backlog()
        #expect(backlog.isEmpty && append(&backlog, [1, 2, 3]) && append(&backlog, [4]))
        backlog.consume(2)
        #expect(append(&backlog, [5, 6, 7, 8, 9]))
        #expect(Array(backlog.bytes) == [3, 4, 5, 6, 7, 8, 9] && backlog.count == 7)
        backlog.consume(7)
        #expect(backlog.isEmpty && backlog.bytes.baseAddress == nil)
    }

    @Test func `the bound is exact, and what passes it is not kept at all`() {
        var backlog = Backlog()
        #expect(append(&backlog, [UInt8](repeating: 1, count: 10), bound: 10))
        #expect(!append(&backlog, [2], bound: 10) && backlog.count == 10)
        backlog.consume(1)
        #expect(append(&backlog, [2], bound: 10) && !append(&backlog, [3, 4], bound: 11) && backlog.count == 10)
        #expect(append(&backlog, [], bound: 0))
    }

    @Test func `releasing forgets everything, and it can be used again`() {
        var backlog = Backlog()
        #expect(append(&backlog, [1, 2]))
        backlog.release()
        #expect(backlog.isEmpty && append(&backlog, [3]) && Array(backlog.bytes) == [3])
    }

    @Test func `against an array, at random`() {
        for seed in Seeds.upTo(100) {
            var random = SeededRandom(seed: seed)
            var backlog = Backlog()
            var model: [UInt8] = []
            for _ in 0..<300 {
                if random.chance(percent: 55) {
                    let bytes = random.bytes(random.below(90))
                    let fits = model.count + bytes.count <= 600 || bytes.isEmpty
                    let kept = append(&backlog, bytes, bound: 600)
                    #expect(kept == fits, "TIDEGATE_SEED=\(seed)")
                    if kept { model += bytes }
                } else {
                    let count = random.below(model.count + 1)
                    backlog.consume(count)
                    model.removeFirst(count)
                }
                #expect(Array(backlog.bytes) == model, "TIDEGATE_SEED=\(seed)")
            }
        }
    }
}
