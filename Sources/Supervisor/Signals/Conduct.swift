/// What each signal leads to: the supervisor's rules, without a signal, a thread or a clock.
///
/// A storm of reload signals comes to one reload under way and one more after it. A drain is final: it wins over a reload, and a
/// second request to end is obeyed at once.
struct Conduct: Sendable {
    enum Stage: Sendable, Equatable {
        case starting, serving, draining
    }

    enum Action: Sendable, Equatable {
        case none
        case startReload
        /// To be told in the log: a drain is under way.
        case ignoreReload
        case beginDrain
        case exitNow
        case reopenLog
    }

    /// The first reading of the configuration is a reload like any other here: a signal during it means that the file may have
    /// changed since it was read.
    private enum Reading: Sendable {
        case idle, underWay, underWayAndAskedAgain
    }

    private(set) var stage = Stage.starting
    private var reading = Reading.underWay

    /// A signal was taken.
    mutating func took(_ signal: ProcessSignal) -> Action {
        switch (signal, stage) {
        case (.wake, _): return .none
        case (.reopenLog, .starting): return .none
        case (.reopenLog, _): return .reopenLog
        case (.reload, .draining): return .ignoreReload
        case (.reload, _): return askedToReload()
        case (.drain, .starting), (.drain, .draining): return .exitNow
        case (.drain, .serving):
            stage = .draining
            return .beginDrain
        }
    }

    /// The configuration was read for the first time and is being served.
    mutating func started() -> Action {
        stage = .serving
        return readingEnded()
    }

    /// The reload under way has ended, whichever way.
    mutating func readingEnded() -> Action {
        let isAskedAgain = reading == .underWayAndAskedAgain
        reading = .idle
        return isAskedAgain && stage == .serving ? askedToReload() : .none
    }

    private mutating func askedToReload() -> Action {
        switch reading {
        case .idle:
            reading = .underWay
            return .startReload
        case .underWay, .underWayAndAskedAgain:
            reading = .underWayAndAskedAgain
            return .none
        }
    }
}
