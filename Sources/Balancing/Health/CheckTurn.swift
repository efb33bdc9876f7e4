/// Whether a check of one backend may begin: one at a time, and not before its moment.
///
/// A check that got no result by its deadline is over; whoever ran it must give it up then. What it still reports later bears an
/// old number and is not taken, so that no check is counted twice and a late answer cannot contradict a newer one.
public struct CheckTurn: Sendable, Hashable {
    private enum Stage: Hashable {
        case resting
        case planned(for: UInt64)
        case running(deadline: UInt64)
    }

    private var stage = Stage.resting
    /// The number of the check that began last.
    private var number: UInt64 = 0

    public init() {}

    public var isRunning: Bool {
        if case .running = stage { true } else { false }
    }

    /// When to look again: the planned moment, or the running check's deadline. Nil while nothing is planned.
    public var wakesAt: UInt64? {
        switch stage {
        case .resting: nil
        case .planned(let moment), .running(let moment): moment
        }
    }

    /// Sets the moment of the next check, in place of the one that was set. Refused while one runs.
    @discardableResult
    public mutating func plan(for moment: UInt64) -> Bool {
        guard !isRunning else { return false }
        stage = .planned(for: moment)
        return true
    }

    /// Begins a check when its moment has come.
    ///
    /// - Parameter timeout: nanoseconds it may take.
    /// - Returns: its number, to be handed to `end`. Nil while one runs, before the moment, and when nothing is planned.
    public mutating func begin(at now: UInt64, timeout: UInt64) -> UInt64? {
        guard case .planned(let moment) = stage, now >= moment else { return nil }
        number &+= 1
        stage = .running(deadline: Nanoseconds.sum(now, timeout))
        return number
    }

    /// Ends a check that has a result.
    ///
    /// - Returns: false for one that does not run (any more): its result must not be counted.
    public mutating func end(_ number: UInt64) -> Bool {
        guard isRunning, number == self.number else { return false }
        stage = .resting
        return true
    }

    /// Ends the running check if its deadline has come.
    ///
    /// - Returns: its number: it has failed and must be given up. Nil when none is due.
    public mutating func expire(at now: UInt64) -> UInt64? {
        guard case .running(let deadline) = stage, now >= deadline else { return nil }
        stage = .resting
        return number
    }

    /// Nothing runs and nothing is planned any more, as when the backend is taken out for maintenance.
    ///
    /// - Returns: the number of the check to be given up, if one ran. It has no result.
    @discardableResult
    public mutating func cancel() -> UInt64? {
        let running = isRunning ? number : nil
        stage = .resting
        return running
    }
}
