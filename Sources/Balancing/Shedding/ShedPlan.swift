/// The moments at which the tunnels of a draining backend must be closed, one after the other.
///
/// The first moment is the plan's beginning; the others follow evenly, and over a period the last comes one step before its end, so
/// that its Close has time too. A tunnel that ends by itself may count as the next one closed: the drain then ends sooner.
package struct ShedPlan: Sendable, Hashable {
    package let pace: DrainPace
    package let began: UInt64
    /// How many tunnels are to be closed, those closed already included.
    package private(set) var total: UInt64
    /// Where the present steps begin, and how many moments had come before; both move when the plan grows.
    private var anchor: UInt64
    private var before: UInt64 = 0

    /// - Parameters:
    ///   - tunnels: live ones now. Below zero counts as none.
    ///   - now: nanoseconds on the caller's clock.
    package init(_ pace: DrainPace, tunnels: Int, at now: UInt64) {
        self.pace = pace
        began = now
        anchor = now
        total = UInt64(max(0, tunnels))
    }

    /// When the tunnel number `index`, counted from 0, must be closed at the latest. Never earlier than the one before it. A
    /// number past the last one gets the end; one below zero, or whose moment came before the plan grew, the beginning.
    package func moment(of index: Int) -> UInt64 {
        let index = UInt64(max(0, index))
        guard index < total else { return ends }
        guard index >= before else { return began }
        let (times, parts) = step
        return min(ends, Nanoseconds.sum(anchor, Nanoseconds.scaled(times, times: index - before, over: parts)))
    }

    /// When all must be closed. A plan without tunnels ends as it begins.
    package var ends: UInt64 {
        guard total > 0 else { return began }
        switch pace {
        case .over: return Nanoseconds.sum(began, period)
        case .perSecond:
            let (times, parts) = step
            return Nanoseconds.sum(anchor, Nanoseconds.scaled(times, times: total - before, over: parts))
        }
    }

    /// How many moments have come: so many tunnels should be closed by now. Never falls while time goes on.
    package func due(at now: UInt64) -> Int {
        Int(clamping: dueCount(at: now))
    }

    /// Takes in tunnels that opened since, as dials that were under way when the drain began. Over a period all that is left is
    /// spread anew over the time that is left; at a rate they wait their turn. A smaller number than before changes nothing.
    ///
    /// - Parameter tunnels: all that were to be closed since the beginning.
    package mutating func grow(to tunnels: Int, at now: UInt64) {
        let wanted = UInt64(max(0, tunnels))
        guard wanted > total else { return }
        let came = dueCount(at: now)
        switch pace {
        case .over:
            // From the next moment on, or from now when none is left, but never past the end.
            anchor = min(came < total ? moment(of: Int(clamping: came)) : max(now, anchor), Nanoseconds.sum(began, period))
            before = came
        case .perSecond where came == total:
            // The pause after the last one is kept.
            anchor = max(now, ends)
            before = came
        case .perSecond: break
        }
        total = wanted
    }

    /// Zero at a rate, which has no end of its own.
    private var period: UInt64 {
        if case .over(let period) = pace { period } else { 0 }
    }

    /// From one moment to the next: nanoseconds, and the number of steps they are to be divided by.
    private var step: (times: UInt64, parts: UInt64) {
        switch pace {
        case .over:
            (Nanoseconds.elapsed(since: anchor, at: Nanoseconds.sum(began, period)), max(1, total - before))
        case .perSecond(let rate): (Nanoseconds.perSecond, UInt64(max(1, rate)))
        }
    }

    private func dueCount(at now: UInt64) -> UInt64 {
        guard now >= anchor else { return before }
        let (times, parts) = step
        let left = total - before
        guard times > 0 else { return total }
        // The moments are rounded down: number k has come when k * times / parts < elapsed + 1.
        let (after, overflow) = (now - anchor).addingReportingOverflow(1)
        guard !overflow else { return total }
        let product = after.multipliedFullWidth(by: parts)
        guard product.high < times else { return total }
        let (quotient, remainder) = times.dividingFullWidth(product)
        return before + min(left, remainder > 0 ? Nanoseconds.sum(quotient, 1) : quotient)
    }
}
