/// Watches counters that move while their workers turn, and tells how long the slowest of them has stood still. Times are
/// monotonic nanoseconds, given by the caller.
struct HeartbeatWatch: Sendable {
    private struct Mark: Sendable {
        var count: UInt64
        var movedAt: UInt64
    }

    private var marks: [Mark] = []

    /// Takes the counters as they stand `now`. A worker seen for the first time counts as having just turned.
    mutating func observe(_ counts: [UInt64], now: UInt64) {
        for (index, count) in counts.enumerated() {
            if index >= marks.count {
                marks.append(Mark(count: count, movedAt: now))
            } else if marks[index].count != count {
                marks[index] = Mark(count: count, movedAt: now)
            }
        }
    }

    /// The last moment by which every worker was seen to have turned; `now` when there are none.
    func allTurned(now: UInt64) -> UInt64 { marks.map(\.movedAt).min() ?? now }
}
