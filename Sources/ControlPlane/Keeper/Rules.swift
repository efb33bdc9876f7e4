import Balancing
import Session
import Settings

// From what is configured to what the pure machines take.

extension CheckRules {
    init(_ settings: CheckSettings) {
        self.init(
            interval: Moment.Span(settings.interval).nanoseconds, fastInterval: Moment.Span(settings.fastInterval).nanoseconds,
            timeout: Moment.Span(settings.timeout).nanoseconds, rise: settings.rise, fall: settings.fall,
            start: settings.start == .up ? .up : .down)
    }
}

extension RebalanceRules {
    init(_ settings: RebalanceSettings) {
        self.init(
            threshold: Double(settings.thresholdPerMille) / 1000, sharePerMinute: Double(settings.sharePercent),
            interval: Moment.Span(settings.interval).nanoseconds)
    }
}

extension DrainPace {
    init(_ settings: DrainPaceSettings) {
        switch settings {
        case .over(let time): self = .over(Moment.Span(time).nanoseconds)
        case .perSecond(let rate): self = .perSecond(rate)
        }
    }
}
