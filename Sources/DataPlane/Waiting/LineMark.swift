import Synchronization

/// A waiting line as the other workers see it.
final class LineMark: Sendable {
    private let since = Atomic<UInt64>(.max)
    private let choosySince = Atomic<UInt64>(.max)
    private let firstPassedIn = Atomic<UInt64>(0)
    private let choosyPassedIn = Atomic<UInt64>(0)
    private let isDue = Atomic<Bool>(false)
    private let owner = AtomicLazyReference<WorkerHandle>()

    /// Since when the first waits whose turn it may be, in nanoseconds of the monotonic clock; `.max` while there is none. Who has
    /// looked in vain after that event does not count any more: it would keep the others waiting for what it has no use for.
    func waitsSince(in event: UInt64) -> UInt64 {
        let usual = firstPassedIn.load(ordering: .relaxed) == event ? .max : since.load(ordering: .relaxed)
        let choosy = choosyPassedIn.load(ordering: .relaxed) == event ? .max : choosySince.load(ordering: .relaxed)
        return min(usual, choosy)
    }

    /// For the line's own worker: since when the first waits, and the first of the choosy ones.
    ///
    /// - Parameter isAnother: than at the last call. The time does not say so: some come in one turn.
    func begin(_ first: UInt64?, isAnother: Bool = true, choosy: UInt64?) {
        // Another one has not looked yet.
        if isAnother { firstPassedIn.store(0, ordering: .relaxed) }
        since.store(first ?? .max, ordering: .relaxed)
        choosySince.store(choosy ?? .max, ordering: .relaxed)
    }

    /// For the line's own worker: the choosy ones have looked in vain.
    func choosyPassed(in event: UInt64) { choosyPassedIn.store(event, ordering: .relaxed) }

    /// For the line's own worker: the first has looked in vain, and there may be something for others.
    func firstPassed(in event: UInt64) { firstPassedIn.store(event, ordering: .relaxed) }

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
