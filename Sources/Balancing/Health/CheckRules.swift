/// When a pool's backends are checked, and how many results in a row change their state.
///
/// Any number is taken: one out of range counts as the nearest in range. All times are nanoseconds.
public struct CheckRules: Sendable, Hashable {
    /// What a backend counts as before its first result. The raw value is the name in a configuration.
    public enum Start: String, Sendable, Hashable, CaseIterable {
        /// It takes connections meanwhile.
        case up
        /// It takes none before the first pass.
        case down
    }

    /// No interval is shorter (10 ms): a check that refuses at once must not keep a thread busy.
    public static let shortestInterval: UInt64 = 10_000_000

    /// From one check's beginning to the next one's, while all is well.
    public var interval: UInt64
    /// The same while the state is open: unknown, down, or some results against it. Never slower than `interval`.
    public var fastInterval: UInt64
    /// A check without a result for so long has failed.
    public var timeout: UInt64
    /// Passes in a row that bring a backend up. Below 1 counts as 1.
    public var rise: Int
    /// Failures in a row that bring it down. Below 1 counts as 1.
    public var fall: Int
    public var start: Start

    public init(
        interval: UInt64 = 5_000_000_000, fastInterval: UInt64 = 1_000_000_000, timeout: UInt64 = 2_000_000_000,
        rise: Int = 2, fall: Int = 3, start: Start = .up
    ) {
        self.interval = interval
        self.fastInterval = fastInterval
        self.timeout = timeout
        self.rise = rise
        self.fall = fall
        self.start = start
    }

    /// The interval in force, within bounds that leave room for jitter.
    func pace(isSettled: Bool) -> UInt64 {
        let wanted = isSettled ? interval : min(interval, fastInterval)
        return min(max(wanted, Self.shortestInterval), .max / 4)
    }
}
