import Synchronization

/// Where the keys of a pool have live tunnels: all workers look here before they choose, and so they agree. Of fixed size, without
/// locks; carried over reloads.
///
/// A key has one of eight slots of its bucket. With a quarter of a million keys at once nearly every second bucket is full; what
/// finds no slot is not held, and its key is placed by hash alone. Keys are known by 47 bits of their hash; two that agree in
/// these share a hold.
///
/// **Why two workers agree.** A hold is one atomic exchange of one word, and is good only if a look at the whole bucket behind it
/// finds no second word of the key. Of two holds in different slots the later one's look comes behind both exchanges and sees the
/// other: it is given back and taken anew. So no two words of one key stand at the same time with holds that both were found good.
///
/// Sendable by this proof: `slots` never changes; its memory is allocated in `init` and freed in `deinit` only; every access to
/// it in between is atomic.
final class PlacementTable: Sendable {
    private static let buckets = 1 << 15
    private static let ways = 8
    /// Exchanges that are lost to others before a key goes without a hold.
    private static let mostTurns = 64

    nonisolated(unsafe) private let slots: UnsafeMutablePointer<Atomic<UInt64>>
    private let count: Int
    private let bucketCount: Int

    enum Outcome: Equatable {
        case held
        /// Another worker placed the key meanwhile, at this backend.
        case elsewhere(Int)
        /// No room; the key is not held.
        case full
    }

    /// - Parameter buckets: a power of two, for tests; anything else counts as the next smaller one.
    init(buckets: Int = PlacementTable.buckets) {
        bucketCount = 1 << (max(1, buckets).bitWidth - 1 - max(1, buckets).leadingZeroBitCount)
        count = bucketCount * Self.ways
        slots = .allocate(capacity: count)
        for slot in 0..<count { (slots + slot).initialize(to: Atomic(0)) }
    }

    deinit {
        slots.deinitialize(count: count)
        slots.deallocate()
    }

    /// The number of the backend that has live tunnels of this key; nil for none.
    func backend(of key: UInt64) -> Int? { find(key)?.word.backend }

    /// One tunnel of this key is to be at `backend`.
    ///
    /// - Parameters:
    ///   - backend: below `PlacementWord.mostBackends`.
    ///   - seen: where the key was when the choice was made. It is moved from there and from nowhere else; tunnels that stay there
    ///     do not count any more.
    /// - Returns: `.held` must be followed by one `release`.
    func hold(_ key: UInt64, at backend: Int, insteadOf seen: Int?) -> Outcome {
        let fresh = PlacementWord(fingerprint: Self.fingerprint(key), backend: backend)
        for _ in 0..<Self.mostTurns {
            let (slot, old, new): (Int, PlacementWord, PlacementWord)
            if let found = find(key) {
                if found.word.backend == backend {
                    guard let more = found.word.plusOne else { return .full }
                    (slot, old, new) = (found.slot, found.word, more)
                } else {
                    guard found.word.backend == seen else { return .elsewhere(found.word.backend) }
                    (slot, old, new) = (found.slot, found.word, fresh)
                }
            } else {
                guard let free = freeSlot(key) else { return .full }
                (slot, old, new) = (free, .free, fresh)
            }
            guard exchange(slot, old, new) == nil else { continue }
            if isAlone(key, slot) { return .held }
            release(key, at: backend)
        }
        return .full
    }

    /// A tunnel that was held has ended. Without effect where its key has moved on.
    func release(_ key: UInt64, at backend: Int) {
        // Twice: while two words of a key stand, the count may be in the one that was passed.
        for _ in 0..<2 {
            for slot in bucket(of: key) {
                var word = load(slot)
                while word.isOf(Self.fingerprint(key)), word.backend == backend {
                    guard let current = exchange(slot, word, word.minusOne) else { return }
                    word = current
                }
            }
        }
    }

    /// Whether a key is held at this backend: a walk over the whole table.
    func holds(at backend: Int) -> Bool {
        (0..<count).contains { slot in
            let word = load(slot)
            return !word.isFree && word.backend == backend
        }
    }

    // MARK: Slots

    private static func fingerprint(_ key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key >> 32) }

    private func bucket(of key: UInt64) -> Range<Int> {
        let first = Int(truncatingIfNeeded: key & UInt64(bucketCount - 1)) * Self.ways
        return first..<first + Self.ways
    }

    private func find(_ key: UInt64) -> (slot: Int, word: PlacementWord)? {
        for slot in bucket(of: key) {
            let word = load(slot)
            if word.isOf(Self.fingerprint(key)) { return (slot, word) }
        }
        return nil
    }

    private func freeSlot(_ key: UInt64) -> Int? { bucket(of: key).first { load($0).isFree } }

    private func isAlone(_ key: UInt64, _ own: Int) -> Bool {
        for slot in bucket(of: key) where slot != own && load(slot).isOf(Self.fingerprint(key)) { return false }
        return true
    }

    private func load(_ slot: Int) -> PlacementWord {
        PlacementWord(bits: slots[slot].load(ordering: .sequentiallyConsistent))
    }

    /// nil when it was done, else what stands there.
    private func exchange(_ slot: Int, _ old: PlacementWord, _ new: PlacementWord) -> PlacementWord? {
        let result = slots[slot].compareExchange(
            expected: old.bits, desired: new.bits, ordering: .sequentiallyConsistent)
        return result.exchanged ? nil : PlacementWord(bits: result.original)
    }
}
