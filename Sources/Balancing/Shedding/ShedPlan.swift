/// The moments at which the tunnels of a draining backend must be closed, one after the other.
///
/// The first moment is the plan's beginning; the others follow evenly, and over a period the last comes one step before its end, so
/// that its Close has time too.
public struct ShedPlan: Sendable, Hashable {
    public let pace: DrainPace
    public let began: UInt64
    /// How many tunnels are to be closed.
    public let total: UInt64

    /// - Parameters:
    ///   - tunnels: live ones now. Below zero counts as none.
    ///   - now: nanoseconds on the caller's clock.
    public init(_ pace: DrainPace, tunnels: Int, at now: UInt64) {
        self.pace = pace
        began = now
        total = UInt64(max(0, tunnels))
    }

    /// When the tunnel number `index`, counted from 0, must be closed at the latest. Never earlier than the one before it. A
    /// number past the last one gets the end, one below zero the beginning.
    public func moment(of index: Int) -> UInt64 {
        let index = UInt64(max(0, index))
        return index < total ? moment(after: index) : ends
    }

    /// When all must be closed. A plan without tunnels ends as it begins.
    public var ends: UInt64 { moment(after: total) }

    /// So many steps after the beginning.
    private func moment(after steps: UInt64) -> UInt64 {
        switch pace {
        case .over(let period): Nanoseconds.sum(began, Nanoseconds.scaled(period, times: steps, over: max(1, total)))
        case .perSecond(let rate):
            Nanoseconds.sum(began, Nanoseconds.scaled(Nanoseconds.perSecond, times: steps, over: UInt64(max(1, rate))))
        }
    }
}
