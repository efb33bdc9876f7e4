import Testing

@testable import Balancing

@Suite struct QuietestTests {
    private let tunnels: [(index: Int, lastActivity: UInt64)] = [(7, 50), (3, 10), (9, 50), (1, 0), (4, .max), (2, 10)]

    @Test func `those silent for longest come first, equals in the order given`() {
        #expect(Quietest.pick(4, of: tunnels) == [1, 3, 2, 7])
        #expect(Quietest.pick(6, of: tunnels) == [1, 3, 2, 7, 9, 4])
    }

    @Test func `more than there are is all of them, and less than none is none`() {
        #expect(Quietest.pick(.max, of: tunnels).count == 6)
        #expect(Quietest.pick(0, of: tunnels) == [])
        #expect(Quietest.pick(.min, of: tunnels) == [])
        #expect(Quietest.pick(3, of: []) == [])
    }

    @Test func `many equals keep their order`() {
        let many: [(index: Int, lastActivity: UInt64)] = (0..<5000).map { ($0, UInt64($0 % 3)) }
        #expect(Quietest.pick(1667, of: many) == (0..<5000).filter { $0 % 3 == 0 })
    }
}
