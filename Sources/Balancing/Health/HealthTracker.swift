/// The health of one backend as its checks see it.
///
/// The first result decides at once; after that `rise` passes or `fall` failures in a row are needed, and one result of the
/// other kind starts the count anew. Draining is told apart from the state: a backend that says so is alive (it counts as a
/// pass), wants nothing new, and is believed until it passes without saying so. A failure does not end its draining, since
/// that is how a drained backend goes away.
public struct HealthTracker: Sendable, Hashable {
    /// May be replaced by a reload; counts go on and meet the new numbers with the next result.
    public var rules: CheckRules
    public private(set) var state = HealthState.unknown
    /// True from an answer that says so until a pass that does not.
    public private(set) var isDraining = false
    /// When `state` changed last; the tracker's beginning before any result. Never goes back.
    public private(set) var changedAt: UInt64
    /// Results in a row that speak against the state.
    private var contrary = 0
    /// Whether `nextCheck` has given the first moment already.
    private var hasBegun = false

    /// - Parameter now: nanoseconds on the caller's clock, the same one for all other calls.
    public init(rules: CheckRules = CheckRules(), at now: UInt64 = 0) {
        self.rules = rules
        changedAt = now
    }

    /// Whether new connections may go there, as far as checks are concerned.
    public var takesNew: Bool {
        guard !isDraining else { return false }
        return switch state {
        case .up: true
        case .down: false
        case .unknown: rules.start == .up
        }
    }

    /// True when it is up and the last result agreed: nothing is in the balance.
    public var isSettled: Bool { state == .up && contrary == 0 }

    /// - Returns: what changed, in order; nothing as a rule, and at most two events.
    public mutating func checkPassed(at now: UInt64) -> [HealthEvent] {
        var events: [HealthEvent] = []
        if isDraining {
            isDraining = false
            events.append(.drainEnded)
        }
        if let event = count(toward: .up, needed: rules.rise, at: now) { events.append(event) }
        return events
    }

    /// A check that found something wrong, or nothing within its timeout.
    public mutating func checkFailed(at now: UInt64) -> [HealthEvent] {
        count(toward: .down, needed: rules.fall, at: now).map { [$0] } ?? []
    }

    /// The answer was that the backend drains: a sign of life, so a pass for `rise` and `fall`.
    public mutating func checkSaidDraining(at now: UInt64) -> [HealthEvent] {
        var events: [HealthEvent] = []
        if let event = count(toward: .up, needed: rules.rise, at: now) { events.append(event) }
        if !isDraining {
            isDraining = true
            events.append(.drainBegan)
        }
        return events
    }

    /// When the next check should begin.
    ///
    /// The first call gives a moment anywhere within the interval in force (the fast one while the state is unknown), so that the
    /// backends of a pool, and proxies that started together, do not all check at once. Later ones give the interval with
    /// a tenth more or less.
    /// - Parameter last: when the last check began; for the first one, now.
    public mutating func nextCheck(after last: UInt64, using random: inout some RandomNumberGenerator) -> UInt64 {
        let pace = rules.pace(isSettled: isSettled)
        guard hasBegun else {
            hasBegun = true
            return Nanoseconds.sum(last, random.next(upperBound: pace))
        }
        let tenth = pace / 10
        return Nanoseconds.sum(last, pace - tenth + random.next(upperBound: 2 * tenth + 1))
    }

    /// One result that speaks for `target`.
    private mutating func count(toward target: HealthState, needed: Int, at now: UInt64) -> HealthEvent? {
        guard state != target else {
            contrary = 0
            return nil
        }
        guard state == .unknown || contrary >= max(1, needed) - 1 else {
            contrary += 1
            return nil
        }
        let former = state
        state = target
        contrary = 0
        changedAt = max(changedAt, now)
        return target == .up ? .wentUp(from: former) : .wentDown(from: former)
    }
}
