/// When the things are due that the main thread does again and again. Times are monotonic nanoseconds.
struct Pulse: Sendable {
    /// How often workers are looked at.
    static let watch: UInt64 = 1_000_000_000
    /// How often systemd is told the counts, if they have changed, and given more time during a drain.
    static let report: UInt64 = 2_000_000_000

    /// How long tickets are sealed with one key: as long as they live, so that each can be opened until its end.
    static let ticketKeys: UInt64 = 2 * 3600 * 1_000_000_000

    var watchAt: UInt64 = 0
    /// Set at the first look: the first key is as new as the process.
    var rotateAt: UInt64 = .max
    var reportAt: UInt64 = 0
    var watchdogAt: UInt64 = 0
    /// When names of backends are asked for again.
    var resolveAt: UInt64 = .max
    var reported = ""

    /// How long to wait for a signal, in milliseconds, at least 1.
    func pause(now: UInt64, watchdog: Bool, isDraining: Bool) -> Int {
        var next = min(watchAt, reportAt, resolveAt)
        if watchdog { next = min(next, watchdogAt) }
        let pause = next > now ? (next - now) / 1_000_000 : 0
        return Int(clamping: max(1, min(pause, isDraining ? 20 : 1000)))
    }

    /// Whether `due` has come; then it is set to `interval` from now.
    static func isDue(_ due: inout UInt64, every interval: UInt64, now: UInt64) -> Bool {
        guard now >= due else { return false }
        due = now.saturating(adding: interval)
        return true
    }
}
