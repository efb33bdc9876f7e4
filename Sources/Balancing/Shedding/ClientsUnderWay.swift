/// Clients that were sent away and have not come back yet, as far as the number of tunnels shows it.
///
/// Who was told to close and is still there is not under way yet: `patience` begins with the look that finds the tunnel gone. Whatever the
/// pool gains since counts as them coming back, those first who went first. Who is not back after `patience` is gone for good. Others that
/// come meanwhile are taken for them, and others that leave hide them for that long.
struct ClientsUnderWay: Sendable, Hashable {
    private struct Group: Sendable, Hashable {
        let left: UInt64
        var count: Double
    }

    /// In nanoseconds. Clients that wait before they come back do so for seconds.
    static let patience: UInt64 = 60_000_000_000

    /// Those who went first come first; none is empty. As many as there were looks within `patience` at the most.
    private var groups: [Group] = []
    /// The tunnels that the pool had at the last look.
    private var here: Double?
    /// Those of them that were told to close, by then or since.
    private var told = 0.0

    var count: Double { groups.reduce(0) { $0 + $1.count } }

    /// A look at the pool: so many tunnels are here, `leaving` of them told to close. Who was told and may stay after all counts as
    /// gone and back.
    mutating func look(at now: UInt64, here: Double, leaving: Double) {
        let gone = max(0, told - leaving)
        if gone > 0 { groups.append(Group(left: now, count: gone)) }
        var back = self.here.map { max(0, here - ($0 - gone)) } ?? 0
        (self.here, told) = (here, leaving)
        while back > 0, let first = groups.first {
            let part = min(back, first.count)
            back -= part
            if part < first.count { groups[0].count -= part } else { groups.removeFirst() }
        }
        groups.removeAll { Nanoseconds.elapsed(since: $0.left, at: now) >= Self.patience }
    }

    /// So many are told to close now.
    mutating func tell(_ count: Double) { told += max(0, count) }
}
