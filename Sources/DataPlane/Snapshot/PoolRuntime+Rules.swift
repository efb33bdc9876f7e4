import Balancing
import Session
import Settings

// From what is configured to what the pure machines take. The keeper takes some of it, too.

extension SlowStart {
    public init(_ settings: SlowStartSettings) {
        self.init(
            periodNanoseconds: Moment.Span(settings.period).nanoseconds, connections: settings.connections ?? 0)
    }
}

extension Lifetime {
    init(_ settings: LifetimeSettings) {
        self.init(time: Moment.Span(settings.time).nanoseconds, jitter: settings.jitterPercent)
    }
}

extension EjectionRules {
    public init(_ settings: EjectionSettings) {
        self.init(
            failures: settings.failures, earlyDeath: settings.earlyDeath.map { Moment.Span($0).nanoseconds },
            base: Moment.Span(settings.base).nanoseconds, longest: Moment.Span(settings.longest).nanoseconds,
            maxShare: settings.maxSharePercent)
    }
}
