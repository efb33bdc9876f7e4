import Glibc
import Transport

/// The one way into the checks' thread: a lock held for an append, and an eventfd. It knows which checks are under way.
///
/// `@unchecked Sendable` by this proof: `state` is touched between `lock` and `unlock` only; the lock is allocated in `init`, never
/// replaced, made for several threads, and freed in `deinit`, when no thread holds this object. (Not `Mutex`: threads often meet here, and
/// ThreadSanitizer does not see that one of them waited, since the library it waits in is not instrumented.)
final class CheckMailbox: @unchecked Sendable {
    private struct State {
        var jobs: [CheckJob] = []
        /// Waiting or under way: begun and not over.
        var begun: Set<UInt64> = []
        /// Of these, those given up of which the checks' thread does not know yet.
        var cancelled: Set<UInt64> = []
        var isStopped = false
    }

    let wakeup: Wakeup
    private var state = State()
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() throws(SystemError) {
        do {
            wakeup = try Wakeup()
        } catch {
            lock.deallocate()
            throw error
        }
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// False, and nothing happens, while a check of that id waits or is under way, and after the stop.
    func post(_ job: CheckJob) -> Bool {
        let isTaken = withLock { state in
            guard !state.isStopped, state.begun.insert(job.id).inserted else { return false }
            state.jobs.append(job)
            return true
        }
        if isTaken { wakeup.wake() }
        return isTaken
    }

    /// Gives a check up. Nothing happens if there is none of that id, or no more.
    func cancel(_ id: UInt64) {
        let isNews = withLock { state in
            guard state.begun.contains(id) else { return false }
            guard let place = state.jobs.firstIndex(where: { $0.id == id }) else { return state.cancelled.insert(id).inserted }
            state.jobs.remove(at: place)
            state.begun.remove(id)
            return false
        }
        if isNews { wakeup.wake() }
    }

    /// The check is over, and another one of that id may begin. False when it was given up: its result is nobody's.
    func release(_ id: UInt64) -> Bool {
        withLock { state in
            state.begun.remove(id)
            return state.cancelled.remove(id) == nil
        }
    }

    func stop() {
        withLock { state in
            state.isStopped = true
            state.jobs = []
        }
        wakeup.wake()
    }

    /// What came since the last call: checks to be made, and those under way that are given up. Nil after the stop.
    func take() -> (jobs: [CheckJob], cancelled: Set<UInt64>)? {
        wakeup.clear()
        return withLock { state in
            guard !state.isStopped else { return nil }
            defer { (state.jobs, state.cancelled) = ([], []) }
            return (state.jobs, state.cancelled)
        }
    }

    private func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&state)
    }
}
