import Synchronization

/// What a pool remembers of where its keys are, from one snapshot to the next: the table, and by which numbers it knows the backends.
///
/// A number stays with its label, also while a reload has taken the backend away. Only when all 4096 are given are those used
/// again whose backends are gone and hold no key.
final class Placements: Sendable {
    let table: PlacementTable
    private let numbers = Mutex<[String: Int]>([:])

    init(table: PlacementTable = PlacementTable()) {
        self.table = table
    }

    /// The numbers of these backends, in order; nil for one past the last number that can be given, whose keys are not held.
    func numbers(of labels: [String]) -> [Int?] {
        numbers.withLock { known in
            let missing = Set(labels).subtracting(known.keys)
            if known.count + missing.count > PlacementWord.mostBackends { forgetIdle(&known, except: Set(labels)) }
            let taken = Set(known.values)
            var free = (0..<PlacementWord.mostBackends).lazy.filter { !taken.contains($0) }.makeIterator()
            return labels.map { label in
                if let number = known[label] { return number }
                let number = free.next()
                known[label] = number
                return number
            }
        }
    }

    private func forgetIdle(_ known: inout [String: Int], except present: Set<String>) {
        known = known.filter { present.contains($0.key) || table.holds(at: $0.value) }
    }
}
