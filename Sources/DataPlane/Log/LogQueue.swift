import Glibc

/// The lines that wait for the writer: two buffers that change places, a lock, and the writer's alarm clock.
///
/// A pthread mutex rather than a `Mutex`, because the writer waits on a condition. The lock is held for one append or one
/// exchange of buffers, never during input or output.
///
/// `@unchecked Sendable` by this proof: `mutex`, `arrived` and `drained` are allocated in `init`, never replaced, and freed
/// in `deinit`; every other stored variable is read and written only between lock and unlock of `mutex`.
final class LogQueue: @unchecked Sendable {
    /// What the writer has to do next.
    enum Task {
        case write
        case reopen
        case stop
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let drained = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int
    private var waiting = LogBatch()
    private var isWriting = false
    private var isStopping = false
    private var wantsReopen = false

    /// `capacity` is in bytes.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
        mutex.initialize(to: pthread_mutex_t())
        arrived.initialize(to: pthread_cond_t())
        drained.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(arrived, &attributes)
        pthread_cond_init(drained, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(drained)
        pthread_cond_destroy(arrived)
        pthread_mutex_destroy(mutex)
        drained.deallocate()
        arrived.deallocate()
        mutex.deallocate()
    }

    /// Appends a line; false, with nothing changed, when it does not fit.
    func append(_ line: borrowing [UInt8]) -> Bool {
        locked {
            guard line.count <= capacity - waiting.bytes.count else { return false }
            let wasEmpty = waiting.lines == 0
            waiting.bytes.append(contentsOf: copy line)
            waiting.lines &+= 1
            if wasEmpty { pthread_cond_signal(arrived) }
            return true
        }
    }

    /// For the writer: waits until there is something to do. `batch` comes back holding all lines that waited; what it held
    /// before counts as written.
    func next(_ batch: inout LogBatch) -> Task {
        locked {
            isWriting = false
            batch.clear()
            if waiting.lines == 0 { pthread_cond_broadcast(drained) }
            while waiting.lines == 0 && !wantsReopen && !isStopping {
                pthread_cond_wait(arrived, mutex)
            }
            if wantsReopen {
                wantsReopen = false
                return .reopen
            }
            guard waiting.lines != 0 else { return .stop }
            swap(&batch, &waiting)
            isWriting = true
            return .write
        }
    }

    /// Waits until every line posted so far is written or lost, at most `nanoseconds`; false when time ran out.
    func waitUntilDrained(nanoseconds: UInt64) -> Bool {
        var deadline = Self.monotonic(plus: nanoseconds)
        return locked {
            while waiting.lines != 0 || isWriting {
                if pthread_cond_timedwait(drained, mutex, &deadline) == ETIMEDOUT { return false }
            }
            return true
        }
    }

    func requestReopen() {
        locked {
            wantsReopen = true
            pthread_cond_signal(arrived)
        }
    }

    /// The writer ends once the queue is empty.
    func requestStop() {
        locked {
            isStopping = true
            pthread_cond_signal(arrived)
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    private static func monotonic(plus nanoseconds: UInt64) -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let whole = Int(clamping: min(nanoseconds / 1_000_000_000, 1 << 32))
        time.tv_sec += whole
        time.tv_nsec += Int(clamping: nanoseconds % 1_000_000_000)
        if time.tv_nsec >= 1_000_000_000 {
            time.tv_sec += 1
            time.tv_nsec -= 1_000_000_000
        }
        return time
    }
}
