import Glibc

/// Names that wait for their answers, shared by the threads that ask for them.
///
/// `@unchecked Sendable` by this proof: `open` and `answers` are touched between `lock` and `unlock` only; the lock and the
/// condition are allocated in `init`, never replaced, made for several threads, and freed in `deinit`, when no thread holds
/// this object. (A condition is waited on with a deadline; `Mutex` has none.)
final class ResolverWork: @unchecked Sendable {
    private var open: [String]
    private var answers: [String: HostResolver.Answer] = [:]
    private let lookUp: @Sendable (String) -> HostResolver.Answer
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let answered = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(names: Set<String>, lookUp: @escaping @Sendable (String) -> HostResolver.Answer) {
        self.lookUp = lookUp
        open = Array(names)
        lock.initialize(to: pthread_mutex_t())
        answered.initialize(to: pthread_cond_t())
        pthread_mutex_init(lock, nil)
        // Deadlines by the clock that nobody sets.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(answered, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(answered)
        pthread_mutex_destroy(lock)
        answered.deallocate()
        lock.deallocate()
    }

    /// A thread's share: one name after the other until none is left.
    func run() {
        while let name = next() {
            let answer = lookUp(name)
            pthread_mutex_lock(lock)
            answers[name] = answer
            pthread_cond_signal(answered)
            pthread_mutex_unlock(lock)
        }
    }

    private func next() -> String? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return open.popLast()
    }

    /// Waits until `count` names are answered, at most `seconds`; names still open then have failed.
    func answers(count: Int, within seconds: Int) -> [String: HostResolver.Answer] {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        deadline.tv_sec += seconds
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while answers.count < count {
            guard pthread_cond_timedwait(answered, lock, &deadline) == 0 else { break }
        }
        open = []
        return answers
    }
}
