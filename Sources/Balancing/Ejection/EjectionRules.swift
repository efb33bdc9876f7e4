/// When a backend is taken out because live traffic fails there, and for how long.
///
/// Any number is taken: one out of range counts as the nearest in range. All times are nanoseconds.
public struct EjectionRules: Sendable, Hashable {
    /// Failures in a row that eject. Below 1 counts as 1.
    public var failures: Int
    /// A tunnel that its backend lets die sooner counts as a failure; nil: none does.
    public var earlyDeath: UInt64?
    /// How long the first ejection lasts; each further one twice as long.
    public var base: UInt64
    /// No ejection is longer. Also the time it takes to forgive one: a backend that was well for so long is ejected for half
    /// as long the next time. Below `base` counts as `base`.
    public var longest: UInt64
    /// The percentage of the pool's backends that may be ejected at the same time, rounded down to whole backends.
    public var maxShare: Int
    /// Successes in a row after which a readmitted backend is trusted again. Below 1 counts as 1.
    public var successes: Int

    public init(
        failures: Int = 5, earlyDeath: UInt64? = 2_000_000_000, base: UInt64 = 10_000_000_000,
        longest: UInt64 = 300_000_000_000, maxShare: Int = 50, successes: Int = 3
    ) {
        self.failures = failures
        self.earlyDeath = earlyDeath
        self.base = base
        self.longest = longest
        self.maxShare = maxShare
        self.successes = successes
    }

    /// Whether a tunnel's end is a failure of its backend. Only ask for one that the backend let die (no Close of either side, or
    /// a Close that says it cannot serve): clients come and go as quickly as they like.
    public func isEarlyDeath(lived: UInt64) -> Bool {
        guard let earlyDeath else { return false }
        return lived < earlyDeath
    }

    /// How long an ejection lasts after `level` earlier ones that are not forgiven yet.
    func duration(level: Int) -> UInt64 {
        let base = max(1, base)
        let longest = max(base, longest)
        guard level > 0 else { return base }
        guard level < 64, base <= longest >> UInt64(level) else { return longest }
        return base << UInt64(level)
    }

    /// The level after one more ejection. It grows no further than needed for the longest ejection, lest an evil hour be held
    /// against a backend for days.
    func level(after level: Int) -> Int {
        duration(level: level) < max(1, base, longest) ? level + 1 : level
    }

    /// How many of `count` backends may be ejected at once.
    public func cap(of count: Int) -> Int {
        let share = min(max(0, maxShare), 100)
        return count / 100 * share + count % 100 * share / 100
    }
}
