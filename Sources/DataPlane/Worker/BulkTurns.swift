/// Sockets of tunnels that had more to say than one read takes, by their tokens.
///
/// They are served behind all others of their turn, and one at a time, which costs a third less than one read of each
/// (ARCHITECTURE.md, "The relay"). One has its turn until it runs dry, or has had its share, over several turns of the loop if
/// need be; short messages go between.
struct BulkTurns {
    /// Bytes of one read where a buffer may hold `limit`: 63 KiB of 64. With the TLS of it that is one segment of the largest kind there
    /// is (64 KiB less its headers); 64 KiB would be a whole one and a crumb, each with a wakeup of its own at the other end.
    static func perRead(of limit: Int) -> Int { limit - limit / 64 }

    /// Bytes that all may have in one turn of the loop: short messages wait for them for about a millisecond.
    static let perTurn = 512 * 1024
    /// Bytes after which the next one has its turn, at the most and at the least: the more wait, the less.
    static let perSocket = (least: 512 * 1024, most: 4 * 1024 * 1024)
    /// Bytes after which each should have had its turn, as long as `perSocket.least` allows that.
    static let perRound = 64 * 1024 * 1024

    private var current: [UInt64] = []
    private var next: [UInt64] = []
    private var position = 0
    private var taken = 0

    private var share: Int {
        let waiting = max(1, current.count - position + next.count)
        return min(max(Self.perRound / waiting, Self.perSocket.least), Self.perSocket.most)
    }

    var isEmpty: Bool { position == current.count && next.isEmpty }

    /// Whose turn it is, and stays until `finish` or `take` ends it; nil for nobody.
    mutating func head() -> UInt64? {
        if position == current.count {
            current.removeAll(keepingCapacity: current.count <= 256)
            swap(&current, &next)
            position = 0
        }
        return position < current.count ? current[position] : nil
    }

    /// One more waits for its turn. Once each: the sessions see to that.
    mutating func append(_ token: UInt64) { next.append(token) }

    /// The one whose turn it is has no more for now, or is gone.
    mutating func finish() {
        guard position < current.count else { return }
        position += 1
        taken = 0
    }

    /// The one whose turn it is took so many bytes, and has more.
    mutating func take(_ count: Int) {
        taken &+= count
        guard taken >= share, position < current.count else { return }
        next.append(current[position])
        finish()
    }
}

extension Worker {
    /// Serves them as far as one turn of the loop goes.
    func serveBulk() {
        var left = BulkTurns.perTurn
        while left > 0, let token = bulk.head() {
            guard let slot = registrations.find(token), slot.kind == .client || slot.kind == .backend, let driver = slot.driver else {
                bulk.finish()
                continue
            }
            switch driver._withUnsafeGuaranteedRef({ $0.pumpOn(slot.kind == .client ? .client : .backend) }) {
            case let count?:
                bulk.take(count)
                // A read that brought nothing is not free.
                left -= max(count, 4096)
            case nil:
                bulk.finish()
                left -= 4096
            }
        }
    }
}
