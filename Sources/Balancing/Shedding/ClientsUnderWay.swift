/// Clients that were sent away and have not come back yet, as far as the number of tunnels shows it.
///
/// Whatever the pool gains since somebody was sent away counts as them coming back, those first who went first. Who is not back after
/// `patience` is gone for good. Others that come meanwhile are taken for them, and others that leave hide them for that long.
struct ClientsUnderWay: Sendable, Hashable {
    private struct Group: Sendable, Hashable {
        let left: UInt64
        var count: Double
    }

    /// In nanoseconds. Clients that wait before they come back do so for seconds.
    static let patience: UInt64 = 60_000_000_000

    /// Those who went first come first; none is empty. As many as there were looks within `patience` at the most.
    private var groups: [Group] = []
    /// The tunnels that the pool had at the last look, without those that were sent away then.
    private var stayed: Double?

    var count: Double { groups.reduce(0) { $0 + $1.count } }

    /// A look at the pool: `tunnels` are there, without those that were told to close and have not closed yet.
    mutating func look(at now: UInt64, tunnels: Double) {
        var back = stayed.map { max(0, tunnels - $0) } ?? 0
        stayed = tunnels
        while back > 0, let first = groups.first {
            let part = min(back, first.count)
            back -= part
            if part < first.count { groups[0].count -= part } else { groups.removeFirst() }
        }
        groups.removeAll { Nanoseconds.elapsed(since: $0.left, at: now) >= Self.patience }
    }

    /// So many are sent away now.
    mutating func send(_ count: Double, at now: UInt64) {
        guard count > 0 else { return }
        groups.append(Group(left: now, count: count))
        stayed = stayed.map { $0 - count }
    }
}
