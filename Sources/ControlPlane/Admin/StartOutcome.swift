import Dispatch
import Synchronization

/// How starting ended, told by a task to a thread that waits. The first word counts.
final class StartOutcome: Sendable {
    private let result = Mutex<Result<Int?, any Error>?>(nil)
    private let settled = DispatchSemaphore(value: 0)

    /// The port (nil for a Unix socket), or why there is none. Later calls change nothing, and give false.
    @discardableResult
    func settle(_ outcome: Result<Int?, any Error>) -> Bool {
        let isFirst = result.withLock { result in
            defer { if result == nil { result = outcome } }
            return result == nil
        }
        if isFirst { settled.signal() }
        return isFirst
    }

    /// Waits for the first word. For one waiter.
    func wait() -> Result<Int?, any Error> {
        settled.wait()
        return result.withLock { $0 } ?? .failure(CancellationError())
    }
}
