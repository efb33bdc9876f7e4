/// Latencies of what should have begun within a window, counted from when it should have (so a sender that was held up shows as
/// latency: no coordinated omission). What began in the window is awaited beyond its end, so that slow answers are not left out.
package struct LatencyWindow {
    package private(set) var histogram = Histogram()
    /// How many things that should have begun in the window did begin.
    package private(set) var begun: UInt64 = 0
    private var start = UInt64.max
    private var end = UInt64.max

    package init() {}

    /// Nanoseconds of `Surroundings.now()`; nothing counts before this was called.
    package mutating func open(from start: UInt64, to end: UInt64) {
        self.start = start
        self.end = end
    }

    package func contains(_ intended: UInt64) -> Bool { intended >= start && intended < end }

    package mutating func began(intended: UInt64) {
        if contains(intended) { begun += 1 }
    }

    package mutating func ended(intended: UInt64, at now: UInt64) {
        if contains(intended) { histogram.record(now > intended ? now - intended : 0) }
    }

    /// How many that began have not ended.
    package var missing: UInt64 { begun > histogram.total ? begun - histogram.total : 0 }

    /// Counts what is missing with the least that its latency can be, at `now`, and tells how many these are.
    package mutating func giveUp(at now: UInt64) -> UInt64 {
        let lost = missing
        for _ in 0 ..< lost { histogram.record(now > end ? now - end : 0) }
        return lost
    }
}
