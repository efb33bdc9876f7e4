/// The table of Maglev hashing (Eisenbud and others, NSDI 2016): a key's hash modulo its size gives the backend. Shares are
/// even to one slot, and when backends come or go little more than their own keys move.
///
/// It is made of labels and weights alone: the order of the list, the machine and the process do not matter. It is built
/// once for each configuration and knows nothing of health: keys of a backend that is out go on to the next of their
/// preference and come back with it, and no other key moves.
public struct MaglevTable: Sendable {
    /// Slots, a prime number of them: 2 MiB a pool.
    ///
    /// One size for all pools, since a change of size moves all keys. A hundred times the backends would do for even shares; it is larger
    /// because of the filling's end, where few slots are free and one backend less shuffles them. Measured, of the keys move when one
    /// of n leaves: 1.04 / n with 41 backends, 1.12 / n with 100, 1.23 / n with 180, and more above: 2.3 / n with 655.
    static let slotCount = 1_048_583

    /// The most backends that a slot can name; those past it in the list get no key.
    static let mostBackends = 65_535

    /// Rehashes before the next slots are taken as they come.
    static let probes: UInt64 = 32

    /// Indices of backends, slot by slot; none for an empty pool.
    let slots: [UInt16]

    /// Takes a time that grows as size times its logarithm, however many backends and whatever their weights.
    ///
    /// - Parameters:
    ///   - labels: what names each backend, by its index in the pool. Equal ones are told apart by their place among
    ///     themselves.
    ///   - weights: by index; below 1 and missing ones count as 1, above 1,000,000 as that. Each backend has a slot at least.
    public init(labels: [String], weights: [Int]) {
        self.init(labels: labels, weights: weights, size: Self.slotCount)
    }

    /// - Parameter size: a prime number of slots.
    init(labels: [String], weights: [Int], size: Int) {
        slots = Self.filled(labels: labels, weights: weights, size: size)
    }

    /// Number of slots, a prime; zero for an empty pool.
    public var size: Int { slots.count }

    /// The first in the key's order of preference that is accepted: the backend of its slot, then those at rehashes of the
    /// key, then those of the slots that follow, until all were seen. Nil when none is accepted.
    public func first(forKey key: UInt64, where isAccepted: (Int) -> Bool) -> Int? {
        guard !slots.isEmpty else { return nil }
        let size = UInt64(slots.count)
        var slot = Int(truncatingIfNeeded: key % size)
        for turn in 0..<Self.probes {
            let index = Int(slots[slot])
            if isAccepted(index) { return index }
            slot = Int(truncatingIfNeeded: StableHash.rehash(key, turn: turn) % size)
        }
        for _ in slots {
            let index = Int(slots[slot])
            if isAccepted(index) { return index }
            slot += 1
            if slot == slots.count { slot = 0 }
        }
        return nil
    }
}
