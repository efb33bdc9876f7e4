/// What one choice looks at: how each backend stands, read once, so that one choice sees one state although other
/// workers move the numbers all the time. Nil for a backend that was tried already, is unavailable or full.
struct Choice {
    let standings: [Standing?]

    init(count: Int, yielded: IndexSet, facts: (Int) -> BackendFacts, loads: (Int) -> Int) {
        standings = (0..<count).map { index in
            guard !yielded.contains(index) else { return nil }
            let facts = facts(index)
            let load = max(0, loads(index))
            guard facts.takes(load: load) else { return nil }
            return Standing(load: load, weight: max(1, facts.weight))
        }
    }

    /// Whether the backend can be chosen; false for an index of no backend.
    func isOpen(_ index: Int) -> Bool { standing(of: index) != nil }

    func standing(of index: Int) -> Standing? {
        standings.indices.contains(index) ? standings[index] : nil
    }
}

/// How loaded a backend would be with one more connection, for its weight. Counting the new one makes an empty heavy
/// backend lighter than an empty light one, so that shares follow the weights from the first connection on.
struct Standing {
    /// Live connections, zero or more.
    let load: Int
    /// One or more.
    let weight: Int

    /// Cross-multiplied in full width: exact, and no number overflows.
    static func < (one: Standing, other: Standing) -> Bool {
        // A load is at most Int.max, so one more fits a UInt.
        let left = (UInt(one.load) &+ 1).multipliedFullWidth(by: UInt(other.weight))
        let right = (UInt(other.load) &+ 1).multipliedFullWidth(by: UInt(one.weight))
        return (left.high, left.low) < (right.high, right.low)
    }
}
