import Glibc
import Synchronization

/// Names that wait for their answers, shared by the threads that ask for them.
///
/// `@unchecked Sendable` by this proof: `answered` is allocated in `init`, never replaced, used only through the semaphore
/// calls, which are made for several threads, and freed in `deinit`, when no thread holds this object; the rest is constant or
/// behind the lock.
final class ResolverWork: @unchecked Sendable {
    private struct State {
        var open: [String]
        var answers: [String: HostResolver.Answer] = [:]
    }

    private let lookUp: @Sendable (String) -> HostResolver.Answer
    private let state: Mutex<State>
    private let answered = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(names: Set<String>, lookUp: @escaping @Sendable (String) -> HostResolver.Answer) {
        self.lookUp = lookUp
        state = Mutex(State(open: Array(names)))
        answered.initialize(to: sem_t())
        sem_init(answered, 0, 0)
    }

    deinit {
        sem_destroy(answered)
        answered.deallocate()
    }

    /// A thread's share: one name after the other until none is left.
    func run() {
        while let name = state.withLock({ $0.open.popLast() }) {
            let answer = lookUp(name)
            state.withLock { $0.answers[name] = answer }
            sem_post(answered)
        }
    }

    /// Waits until `count` names are answered, at most `seconds`; names still open then have failed.
    func answers(count: Int, within seconds: Int) -> [String: HostResolver.Answer] {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += seconds
        var missing = count
        while missing > 0 {
            if sem_timedwait(answered, &deadline) == 0 {
                missing -= 1
            } else if errno != EINTR {
                break
            }
        }
        return state.withLock { state in
            state.open = []
            return state.answers
        }
    }
}
