/// Arithmetic on times that stops at the ends of the range: settings and clocks may hold any number, and none may trap.
enum Nanoseconds {
    static let perSecond: UInt64 = 1_000_000_000

    /// `one + other`, at most the largest number.
    static func sum(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The time from `earlier` to `now`; zero for a clock that went backwards.
    static func elapsed(since earlier: UInt64, at now: UInt64) -> UInt64 {
        now > earlier ? now - earlier : 0
    }

    /// `whole * times / parts`, rounded down, computed in full width; at most the largest number. No parts count as one.
    static func scaled(_ whole: UInt64, times: UInt64, over parts: UInt64) -> UInt64 {
        let parts = max(1, parts)
        let product = whole.multipliedFullWidth(by: times)
        guard product.high < parts else { return .max }
        return parts.dividingFullWidth(product).quotient
    }
}
