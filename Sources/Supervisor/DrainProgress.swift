/// A drain under way: when it has to be over. Times are monotonic nanoseconds.
struct DrainProgress: Sendable {
    /// What the last Close and its answer may take beyond their own times: a worker's turn, a loaded machine.
    private static let grace: UInt64 = 1_000_000_000

    let began: UInt64
    let deadline: UInt64

    /// - Parameters:
    ///   - period: over which Closes are spread.
    ///   - close: how long each is given to be answered.
    init(now: UInt64, period: Duration, close: Duration) {
        began = now
        deadline = now.saturating(adding: period.nanoseconds.saturating(adding: close.nanoseconds))
            .saturating(adding: Self.grace)
    }

    func remaining(now: UInt64) -> UInt64 { now < deadline ? deadline - now : 0 }
    func elapsed(now: UInt64) -> UInt64 { now > began ? now - began : 0 }
}

extension Duration {
    /// Whole nanoseconds; 0 for a negative duration, the largest number for one that does not fit.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflows) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflows ? .max : whole.saturating(adding: UInt64(attoseconds) / 1_000_000_000)
    }
}

extension UInt64 {
    func saturating(adding other: UInt64) -> UInt64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
