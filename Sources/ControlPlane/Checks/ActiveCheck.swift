import Session
import Transport

/// A check under way, and its connection. Touched by the checks' thread alone.
final class ActiveCheck {
    enum Stage {
        case dialing, shakingHands, talking
        /// The verdict is given. We have ended our side, and wait a moment for the backend to end its own, so that it sees no reset.
        case leaving
    }

    let job: CheckJob
    /// Moments of the monotonic clock.
    let startedAt: UInt64
    let deadline: UInt64
    var stage = Stage.dialing
    var stream = Stream()
    var exchange: CheckExchange?
    /// Index of the next address to try.
    var nextAddress = 0
    /// Of the last address that was tried.
    var failure = CheckFailure.unreachable
    var detail = "no address"
    /// Bytes thrown away while leaving.
    var discarded = 0

    init(job: CheckJob, now: UInt64) {
        self.job = job
        startedAt = now
        let (deadline, overflow) = now.addingReportingOverflow(job.target.timeout)
        self.deadline = overflow ? .max - 1 : deadline
    }
}
