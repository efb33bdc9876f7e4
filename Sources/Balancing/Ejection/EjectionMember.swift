/// What an `EjectionTracker` keeps about one backend.
struct EjectionMember: Sendable, Hashable {
    enum Stage: Sendable, Hashable {
        case well(failures: Int)
        case ejected(until: UInt64)
        case probation(successes: Int)
    }

    var stage = Stage.well(failures: 0)
    /// Ejections that are not forgiven; the next one lasts `base` doubled so often.
    var level = 0
    /// Since when it has not been ejected; forgiving counts from here.
    var wellSince: UInt64 = 0

    var standing: EjectionStanding {
        switch stage {
        case .well: .well
        case .ejected(let until): .ejected(until: until)
        case .probation: .probation
        }
    }

    var ejectedUntil: UInt64? {
        if case .ejected(let until) = stage { until } else { nil }
    }

    var isEjected: Bool { ejectedUntil != nil }

    mutating func eject(at now: UInt64, rules: EjectionRules) -> UInt64 {
        // One step forgiven for each `longest` that it was well.
        let steps = Nanoseconds.elapsed(since: wellSince, at: now) / max(1, rules.base, rules.longest)
        level = max(0, level - Int(min(steps, 64)))
        let until = Nanoseconds.sum(now, rules.duration(level: level))
        level = rules.level(after: level)
        stage = .ejected(until: until)
        return until
    }

    mutating func readmit(at now: UInt64) {
        stage = .probation(successes: 0)
        wellSince = now
    }
}
