import Support
import Testing

@testable import DataPlane

/// Tunnels that never run dry, with real sockets, turn by turn.
@Suite(.serialized) struct BulkServingTests {
    private static let read = BulkTurns.perRead(of: 65536)
    private let listener = RawSocket.listening()
    private let proxy: WorkerOnThread

    init() throws { proxy = try WorkerOnThread(backends: [listener.port]) }

    /// So many of them; megabytes of each wait.
    private func senders(_ count: Int) throws -> [BulkSender] {
        let senders = try (0..<count).map { _ in try BulkSender(through: proxy, to: listener) }
        for sender in senders { try refill(sender) }
        return senders
    }

    private func refill(_ sender: BulkSender) throws {
        try sender.refill()
        try #require(sender.waiting > 2 * BulkTurns.perTurn)
    }

    @Test func `a turn moves its share of bulk and no more, and what another says passes in the same turn`() throws {
        #expect(proxy.worker.tunnelReadLimit == Self.read)
        let other = try TunnelUnderTest(through: proxy, to: listener)
        let senders = try senders(3)
        let short = TestFrame.text("short", masked: true).bytes
        for turn in 1...12 {
            for sender in senders { try refill(sender) }
            other.client.send(short)
            try #require(other.clientIsHeard())
            let before = senders.map(\.moved)
            proxy.worker.turn()
            let moved = zip(senders, before).map { $0.moved - $1 }
            // A read of each before it waits for its turn; one that begins within the bound; of one that runs dry although, its last.
            let bound = BulkTurns.perTurn + (2 * senders.count + 1) * Self.read
            try #require(moved.reduce(0, +) <= bound, "turn \(turn): \(moved)")
            #expect(moved.reduce(0, +) >= BulkTurns.perTurn / 2, "turn \(turn): \(moved)")
            try #require(other.session.traffic.messagesToBackend == UInt64(turn))
            #expect(other.backend.receive(exactly: short.count) == short)
        }
    }

    @Test func `who never runs dry gives way to the next after its share`() throws {
        let senders = try senders(2)
        let share = BulkTurns.perSocket.most
        #expect(BulkTurns.perRound / senders.count >= share)
        // What the other one moved since each last did.
        var since = [0, 0]
        var turns = 0
        while senders[0].moved + senders[1].moved < 4 * share, turns < 200 {
            turns += 1
            for sender in senders { try refill(sender) }
            let before = senders.map(\.moved)
            proxy.worker.turn()
            for (one, other) in [(0, 1), (1, 0)] {
                since[one] = senders[one].moved > before[one] ? 0 : since[one] + senders[other].moved - before[other]
                try #require(since[one] <= share + Self.read, "\(one) waits in turn \(turns)")
            }
        }
        #expect(senders[0].moved + senders[1].moved >= 4 * share)
    }
}
