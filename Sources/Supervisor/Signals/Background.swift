import DataPlane
import Synchronization
import Transport

/// Work that the main thread must not wait for, done once on a thread of its own. When it is done, the main thread is woken.
final class Background<Result: Sendable>: Sendable {
    private let outcome = Mutex<Result?>(nil)

    private init() {}

    /// Starts it. Throws when no thread can be made; then `work` is not called.
    static func start(
        _ name: String, _ work: @escaping @Sendable () -> Result
    ) throws(SystemError) -> Background<Result> {
        let background = Background()
        try Thread {
            let result = work()
            background.outcome.withLock { $0 = result }
            SignalQueue.wake()
        }.start(name: name)
        return background
    }

    /// What came of it; nil while it is under way.
    var result: Result? { outcome.withLock { $0 } }
}
