/// Which backends of a lopsided pool give up how many tunnels, look by look.
///
/// Only what a backend has above the mean is given up, slowly; the clients come back and fill those that have less. Who has
/// not come back yet (`ClientsUnderWay`) counts for that mean, so that it does not sink while clients are on their way, and nobody
/// gives up too much. Whether the pool is lopsided is asked of those who are here, and of the whole weights: a backend that starts
/// slowly is filled only as fast as it takes connections, but the pool is not level before it has its whole share.
public struct Rebalance: Sendable, Hashable {
    /// How one backend stands at a look.
    public struct Member: Sendable, Hashable {
        /// Its live tunnels, without those in `leaving`. Below zero counts as none.
        public var load: Int
        /// Those that were told to close and are still there: not to be given up twice. Below zero counts as none.
        public var leaving: Int
        /// Its whole weight. Below 1 counts as 1.
        public var weight: Int
        /// Slow start: how much of that it has now, in thousandths, 1...1000. Out of range counts as the nearest.
        public var ramp: Int
        /// Whether it gets new connections. One that does not neither gives nor counts for the mean: a drain is not hurried by
        /// rebalancing, and what cannot be filled is no reason to close tunnels.
        public var takesNew: Bool
        /// It has all it may have: it gives what it has above the mean, but where that is nothing it does not count.
        public var isFull: Bool

        public init(
            load: Int, leaving: Int = 0, weight: Int = 1, ramp: Int = 1000, takesNew: Bool = true, isFull: Bool = false
        ) {
            self.load = load
            self.leaving = leaving
            self.weight = weight
            self.ramp = ramp
            self.takesNew = takesNew
            self.isFull = isFull
        }
    }

    /// May be replaced by a reload.
    public var rules: RebalanceRules
    /// True while a lopsided pool is being mended, and until those are back who were sent away for that.
    public private(set) var isMending = false
    /// The last look found tunnels, but not two backends to compare of which one could take more.
    public private(set) var lacksTakers = false
    /// Looks since the last one that found fewer too many than any before it, and that could have given something up. Grows while
    /// clients come back to where they were, so that closing their tunnels is to no avail; not while a backend starts slowly.
    public private(set) var looksInVain = 0
    /// The fewest that were too many, over all backends; begins anew when more backends take connections than ever before.
    private var fewest = Double.infinity
    private var mostTakers = 0
    /// The part of a tunnel that the share allowed and no look has used: from 0 to less than 1.
    private var carried = 0.0
    private var underWay = ClientsUnderWay()
    /// The last one for which the share allowed something.
    private var lastLook: UInt64?

    public init(rules: RebalanceRules = RebalanceRules()) {
        self.rules = rules
    }

    /// Mends once although the pool may be below the threshold, as when an operator asks for it. `isMending` falls when it is done.
    public mutating func begin() {
        isMending = true
        forgetProgress()
    }

    /// Ends mending; a lopsided pool begins again with the next look. Who is on the way, and what the share has allowed, is not forgotten.
    public mutating func cancel() {
        isMending = false
        carried = 0
        forgetProgress()
    }

    /// One look at the pool.
    ///
    /// The share allows for the time since the last look, and for one interval at most, however late the look comes.
    /// - Returns: how many tunnels each backend is to close now, in the order of `members`: all zero as a rule.
    public mutating func look(at now: UInt64, _ members: [Member]) -> [Int] {
        let pool = members.reduce(0.0) { $0 + $1.here }
        let leaving = members.reduce(0.0) { $0 + $1.here - $1.staying }
        underWay.look(at: now, here: pool, leaving: leaving)
        let nobody = [Int](repeating: 0, count: members.count)
        let level = RebalanceLevel(members, underWay: underWay.count)
        lacksTakers = level == nil && pool > 0
        guard let level else {
            cancel()
            return nobody
        }
        let elapsed = min(lastLook.map { Nanoseconds.elapsed(since: $0, at: now) } ?? rules.interval, rules.interval)
        lastLook = max(lastLook ?? 0, now)
        guard level.tooMany > 0, level.isLopsided(beyond: isMending ? rules.stopsBelow : rules.beginsAbove) else {
            // Those on their way are still to be placed where there is room.
            let told = members.contains { $0.takesNew && $0.leaving > 0 }
            if isMending, told || underWay.count >= 1 { carried = 0 } else { cancel() }
            return nobody
        }
        isMending = true
        let allowed = pool * rules.share(of: elapsed) + carried
        // A hair is added, so that parts which add up to one are not rounded down to none.
        let whole = (allowed + 1e-6).rounded(.down)
        carried = max(0, allowed - whole)
        noteProgress(level, couldGive: whole >= 1 && level.hasExcess && !level.isRamping)
        let given = zip(level.divide(whole), members).map { min($0, max(0, $1.load)) }
        underWay.tell(given.reduce(0.0) { $0 + Double($1) })
        return given
    }

    private mutating func noteProgress(_ level: RebalanceLevel, couldGive: Bool) {
        if level.takers > mostTakers { (fewest, mostTakers) = (.infinity, level.takers) }
        if level.tooMany < fewest {
            fewest = level.tooMany
            looksInVain = 0
        } else if couldGive {
            looksInVain += 1
        }
    }

    private mutating func forgetProgress() {
        looksInVain = 0
        (fewest, mostTakers) = (.infinity, 0)
    }
}
