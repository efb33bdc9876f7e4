import Glibc
import Synchronization

/// Reports of all workers on their way to the keeper: a bounded queue, a lock held for an append.
///
/// Past the bound reports are lost and counted: so many failures at once have said what there was to say.
///
/// `@unchecked Sendable` by this proof: `waiting` and `wake` are touched between `lock` and `unlock` only; the lock is allocated in
/// `init`, never replaced, made for several threads, and freed in `deinit`, when no thread holds this object. (Not `Mutex`: many workers
/// meet here when a backend dies, and ThreadSanitizer does not see that one of them waited.)
public final class PassiveReports: @unchecked Sendable {
    /// The most that wait.
    public static let bound = 4096

    private var waiting: [PassiveReport] = []
    private var wake: (@Sendable () -> Void)?
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let lostCount = Atomic<UInt64>(0)

    public init() {
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Reports that found no room.
    public var lost: UInt64 { lostCount.load(ordering: .relaxed) }

    /// Leaves a report. Any thread; never waits longer than for an append. The first one since the last `take` wakes the keeper.
    public func post(_ report: PassiveReport) {
        let wake = withLock { () -> (@Sendable () -> Void)? in
            guard waiting.count < Self.bound else {
                lostCount.wrappingAdd(1, ordering: .relaxed)
                return nil
            }
            waiting.append(report)
            return waiting.count == 1 ? self.wake : nil
        }
        wake?()
    }

    /// What came since the last call, oldest first.
    public func take() -> [PassiveReport] {
        withLock {
            defer { waiting = [] }
            return waiting
        }
    }

    /// Who is called, on the reporting thread, when something waits; it must not block. Called at once if something waits already.
    public func onArrival(_ wake: (@Sendable () -> Void)?) {
        let isDue = withLock {
            self.wake = wake
            return !waiting.isEmpty
        }
        if isDue { wake?() }
    }

    private func withLock<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }
}
