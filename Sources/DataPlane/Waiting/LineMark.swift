import Synchronization

/// A waiting line as the other workers see it.
final class LineMark: Sendable {
    private let since = Atomic<UInt64>(.max)
    private let choosySince = Atomic<UInt64>(.max)
    private let passedIn = Atomic<UInt64>(0)
    private let isDue = Atomic<Bool>(false)
    private let owner = AtomicLazyReference<WorkerHandle>()

    /// Since when the first waits whose turn it may be, in nanoseconds of the monotonic clock; `.max` while there is none. Choosy
    /// ones do not count any more once they have looked in vain after that event: they would keep the others waiting for a place
    /// that they have no use for.
    func waitsSince(in event: UInt64) -> UInt64 {
        let usual = since.load(ordering: .relaxed)
        return passedIn.load(ordering: .relaxed) == event ? usual : min(usual, choosySince.load(ordering: .relaxed))
    }

    /// For the line's own worker: since when the first waits, and the first of the choosy ones.
    func begin(_ first: UInt64?, choosy: UInt64?) {
        since.store(first ?? .max, ordering: .relaxed)
        choosySince.store(choosy ?? .max, ordering: .relaxed)
    }

    /// For the line's own worker: the choosy ones have looked in vain.
    func choosyPassed(in event: UInt64) { passedIn.store(event, ordering: .relaxed) }

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
