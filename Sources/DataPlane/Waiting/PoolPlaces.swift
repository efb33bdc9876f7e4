import Synchronization

/// The places of one pool, all workers together, and who waits for one. Carried over reloads with the pool's meter.
///
/// Whoever gives a place back looks at `waiting`, one load; only when somebody waits does it look further, for the line whose first has
/// waited longest, and wakes that line's worker. Many places given back before it looks are one wakeup. Each such event has a number, so
/// that a line can say after which of them it looked in vain.
public final class PoolPlaces: Sendable {
    private let live = Atomic<Int>(0)
    private let waitingCount = Atomic<Int>(0)
    private let plainCount = Atomic<Int>(0)
    private let events = Atomic<UInt64>(1)
    /// By worker.
    private let marks: [LineMark]

    public init(workers: Int) {
        marks = (0..<max(1, workers)).map { _ in LineMark() }
    }

    /// Connections to the pool's backends now, dials under way included.
    public var used: Int { live.load(ordering: .relaxed) }

    /// Requests that wait for a place now.
    public var waiting: Int { max(0, waitingCount.load(ordering: .relaxed)) }

    // MARK: Places

    /// Takes a place, unless `limit` are taken; false then, and nothing has changed.
    func take(limit: Int?) -> Bool {
        let before = live.wrappingAdd(1, ordering: .relaxed).oldValue
        guard let limit, before >= limit else { return true }
        live.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    func isFull(limit: Int?) -> Bool {
        guard let limit else { return false }
        return used >= limit
    }

    /// Gives back a place that was not used after all. Nobody is told: nobody was kept waiting by it.
    func giveBack() { live.wrappingSubtract(1, ordering: .relaxed) }

    /// A connection is over.
    func release() {
        live.wrappingSubtract(1, ordering: .relaxed)
        placeMayBeFree()
    }

    // MARK: Waiting

    /// Whether plain requests are among those who wait: a connection that is kept may serve them.
    var hasPlainWaiting: Bool { plainCount.load(ordering: .relaxed) > 0 }

    /// One more waits, unless `bound` do.
    func join(bound: Int, isPlain: Bool = false) -> Bool {
        if isPlain { plainCount.wrappingAdd(1, ordering: .relaxed) }
        guard waitingCount.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue < bound else {
            leave(isPlain: isPlain)
            return false
        }
        return true
    }

    /// Once for each successful `join`, and as that.
    func leave(isPlain: Bool = false) {
        waitingCount.wrappingSubtract(1, ordering: .relaxed)
        if isPlain { plainCount.wrappingSubtract(1, ordering: .relaxed) }
    }

    func mark(of worker: Int) -> LineMark? { marks.indices.contains(worker) ? marks[worker] : nil }

    /// The number of the last event. To be read before a look: what comes free later has another one, and is told again.
    var event: UInt64 { events.load(ordering: .sequentiallyConsistent) }

    /// A place or a dial came free, or a backend stands otherwise: who has waited longest may look. Any thread.
    public func placeMayBeFree() {
        guard waitingCount.load(ordering: .sequentiallyConsistent) > 0 else { return }
        let event = events.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
        oldest(in: event)?.tell()
    }

    /// A line that was told has no use for what came free, or not for all of it: who has waited longest of the others may look.
    func passOn(_ event: UInt64) {
        guard waiting > 0 else { return }
        oldest(in: event)?.tell()
    }

    /// Tells another line than `own` whose first has waited longer than `since`, if there is one.
    func tellElder(than since: UInt64, besides own: LineMark, in event: UInt64) -> Bool {
        guard let oldest = oldest(in: event, besides: own), oldest.waitsSince(in: event) < since else { return false }
        oldest.tell()
        return true
    }

    private func oldest(in event: UInt64, besides own: LineMark? = nil) -> LineMark? {
        var found: LineMark?
        var least = UInt64.max
        for mark in marks where mark !== own {
            let since = mark.waitsSince(in: event)
            if since < least { (found, least) = (mark, since) }
        }
        return found
    }
}
