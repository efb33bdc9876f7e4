import Glibc

/// A value that several threads of a test touch, behind a lock that ThreadSanitizer knows: `Mutex` waits inside a library that is not
/// instrumented, and is reported as a race when it had to wait.
///
/// `@unchecked Sendable` by this proof: `value` is touched between `lock` and `unlock` only; the lock is allocated in `init`, never
/// replaced, made for several threads, and freed in `deinit`, when no thread holds this object.
final class Guarded<Value: Sendable>: @unchecked Sendable {
    private var value: Value
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init(_ value: Value) {
        self.value = value
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value)
    }
}
