import Synchronization

/// A waiting line as the other workers see it.
final class LineMark: Sendable {
    private let since = Atomic<UInt64>(.max)
    private let isDue = Atomic<Bool>(false)
    private let owner = AtomicLazyReference<WorkerHandle>()

    /// When its first began to wait, in nanoseconds of the monotonic clock; `.max` while nobody does.
    var waitsSince: UInt64 { since.load(ordering: .relaxed) }

    /// For the line's own worker.
    func begin(_ first: UInt64?) { since.store(first ?? .max, ordering: .relaxed) }

    /// The worker whose line it is, from when it first has somebody waiting.
    func belongs(to handle: WorkerHandle) { _ = owner.storeIfNil(handle) }

    /// Its worker shall look whether there is a place. Any thread.
    func tell() {
        guard !isDue.exchange(true, ordering: .acquiringAndReleasing) else { return }
        owner.load()?.mailbox.wakeup.wake()
    }

    /// Its worker will look in this turn.
    func note() { isDue.store(true, ordering: .relaxed) }

    /// Whether to look now; asked once.
    func takeDue() -> Bool {
        isDue.load(ordering: .relaxed) && isDue.exchange(false, ordering: .acquiringAndReleasing)
    }
}
