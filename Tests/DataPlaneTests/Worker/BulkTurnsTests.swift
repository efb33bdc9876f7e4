import Testing

@testable import DataPlane

@Suite("The turns of those who have more to say than one read takes")
struct BulkTurnsTests {
    @Test("nobody waits at first, and whoever is added has the turn in the order of adding")
    func order() {
        var turns = BulkTurns()
        #expect(turns.isEmpty && turns.head() == nil)
        turns.append(7)
        turns.append(5)
        #expect(!turns.isEmpty && turns.head() == 7)
        turns.finish()
        #expect(turns.head() == 5)
        turns.finish()
        #expect(turns.isEmpty && turns.head() == nil)
    }

    @Test("one keeps its turn while it takes less than its share, and comes behind the others then")
    func share() {
        var turns = BulkTurns()
        turns.append(1)
        turns.append(2)
        for _ in 0..<3 {
            #expect(turns.head() == 1)
            turns.take(BulkTurns.perSocket.most / 4)
        }
        // Who comes meanwhile comes behind those who wait.
        turns.append(3)
        #expect(turns.head() == 1)
        turns.take(BulkTurns.perSocket.most / 4)
        for next: UInt64 in [2, 3, 1, 2] {
            #expect(turns.head() == next)
            turns.take(BulkTurns.perSocket.most)
        }
    }

    @Test("what one had taken does not count against the next")
    func countsAnew() {
        var turns = BulkTurns()
        turns.append(1)
        turns.append(2)
        #expect(turns.head() == 1)
        turns.take(BulkTurns.perSocket.most - 1)
        turns.finish()
        #expect(turns.head() == 2)
        turns.take(BulkTurns.perSocket.most - 1)
        #expect(turns.head() == 2)
        turns.take(1)
        #expect(turns.head() == 2, "alone it has the next turn, too")
    }

    @Test("the more wait, the less each has at once, down to a least")
    func round() {
        for (count, share) in [(1, BulkTurns.perSocket.most), (64, BulkTurns.perRound / 64), (5000, BulkTurns.perSocket.least)] {
            var turns = BulkTurns()
            for token in 0..<count { turns.append(UInt64(token)) }
            #expect(turns.head() == 0)
            turns.take(share - 1)
            #expect(turns.head() == 0)
            turns.take(1)
            #expect(turns.head() == (count == 1 ? 0 : 1))
        }
    }

    @Test("a read is a little less than what a buffer may hold, and something", arguments: [1, 63, 64, 4096, 65536, 262144])
    func read(limit: Int) {
        let read = BulkTurns.perRead(of: limit)
        #expect(read > 0 && read <= limit && read >= limit - limit / 64)
        #expect(limit != 65536 || read == 64512)
    }

    @Test("ending or taking a turn that nobody has is nothing")
    func nobody() {
        var turns = BulkTurns()
        turns.finish()
        turns.take(BulkTurns.perSocket.most)
        #expect(turns.isEmpty && turns.head() == nil)
        turns.append(9)
        #expect(turns.head() == 9)
    }
}
