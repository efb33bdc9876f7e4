/// When a backend is left out for a while because of what live traffic sees of it.
public struct EjectionSettings: Sendable, Hashable {
    /// Failures in a row, 1...1000.
    public var failures: Int
    /// A tunnel that its backend ends within this time is a failure, 10 ms...5 min; nil counts none.
    public var earlyDeath: Duration?
    /// The first time, 100 ms...1 h; it doubles with each one that follows.
    public var base: Duration
    /// The longest time, at least `base`, at most 24 h.
    public var longest: Duration
    /// The most of a pool's backends that are out at once, 1...100 percent.
    public var maxSharePercent: Int

    public init(
        failures: Int = 5, earlyDeath: Duration? = .seconds(2), base: Duration = .seconds(10),
        longest: Duration = .seconds(300), maxSharePercent: Int = 50
    ) {
        self.failures = failures
        self.earlyDeath = earlyDeath
        self.base = base
        self.longest = longest
        self.maxSharePercent = maxSharePercent
    }
}
