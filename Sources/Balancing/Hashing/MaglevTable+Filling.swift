extension MaglevTable {
    /// A backend while the table is filled.
    private struct Filler {
        let index: UInt16
        let weight: Int
        /// Where its next wish stands, and the step from wish to wish. The size is prime, so it wishes each slot once.
        var wish: Int
        let step: Int
        /// Slots it has.
        var taken = 0
        /// Place in the order of labels: whose turn it is among equals.
        let rank: Int

        /// Whose turn comes earlier: turns of a backend are spaced as 1 / weight, and all have their first at the start.
        /// Both factors are at most about a million.
        static func < (one: Filler, other: Filler) -> Bool {
            let (left, right) = (one.taken * other.weight, other.taken * one.weight)
            return left == right ? one.rank < other.rank : left < right
        }
    }

    /// In turn each backend takes the first free slot on its own list of wishes.
    static func filled(labels: [String], weights: [Int], size: Int) -> [UInt16] {
        var fillers = fillers(labels: labels, weights: weights, size: size)
        guard !fillers.isEmpty else { return [] }
        var slots = [UInt16](repeating: 0, count: size)
        var isTaken = [Bool](repeating: false, count: size)
        // A heap; in the order of labels it already is one, since nobody has a slot.
        for _ in 0..<size {
            var filler = fillers[0]
            while isTaken[filler.wish] { advance(&filler, size) }
            isTaken[filler.wish] = true
            slots[filler.wish] = filler.index
            filler.taken += 1
            advance(&filler, size)
            sink(filler, in: &fillers)
        }
        return slots
    }

    private static func fillers(labels: [String], weights: [Int], size: Int) -> [Filler] {
        // Equal labels keep their order, as if each had a number behind it.
        let sorted = labels.indices.prefix(mostBackends).sorted { labels[$0] == labels[$1] ? $0 < $1 : labels[$0] < labels[$1] }
        var fillers: [Filler] = []
        var repeats: UInt64 = 0
        var previous: String?
        for (rank, index) in sorted.enumerated() {
            repeats = labels[index] == previous ? repeats + 1 : 0
            previous = labels[index]
            let wish = StableHash.hash(labels[index], seed: repeats * 2) % UInt64(size)
            let step = StableHash.hash(labels[index], seed: repeats * 2 + 1) % UInt64(size - 1) + 1
            let weight = index < weights.count ? min(max(weights[index], 1), 1_000_000) : 1
            fillers.append(
                Filler(
                    index: UInt16(truncatingIfNeeded: index), weight: weight, wish: Int(truncatingIfNeeded: wish),
                    step: Int(truncatingIfNeeded: step), rank: rank))
        }
        return fillers
    }

    private static func advance(_ filler: inout Filler, _ size: Int) {
        filler.wish += filler.step
        if filler.wish >= size { filler.wish -= size }
    }

    /// Puts the first of the heap, which had its turn, back where it belongs.
    private static func sink(_ filler: Filler, in heap: inout [Filler]) {
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < filler else { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = filler
    }
}
