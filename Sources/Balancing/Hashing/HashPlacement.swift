/// How `hash` places one connection: by its key, unless that would overload the key's backend.
///
/// - **Bounded load**: with this connection counted, a backend may hold no more than `maxLoad` times its share, by weight,
///   of what the tier's usable backends hold together, rounded up. A key whose backend would hold more goes to the next of
///   its preference. So one hot key, or many that meet, cannot bring a backend down. When the bound leaves nobody,
///   as when the rest is full, it does not hold.
/// - **Slow start** is by key: a backend at a tenth of its weight takes a tenth of its keys, and each of the others
///   comes to it once, later.
/// - **Zones** are not looked at: a key has one backend, whichever proxy it comes through. Tiers are.
public struct HashPlacement: Sendable {
    private let table: MaglevTable
    private let key: UInt64
    private let maxLoad: Int?

    /// - Parameters:
    ///   - table: of the pool's backends, in the pool's order.
    ///   - key: `KeyHash.value`.
    ///   - maxLoad: in thousandths, 1250 for `max_load: 1.25`; below 1000 counts as 1000, above a million as that. Nil: no bound.
    public init(table: MaglevTable, key: UInt64, maxLoad: Int? = nil) {
        self.table = table
        self.key = key
        self.maxLoad = maxLoad.map { min(max($0, 1000), 1_000_000) }
    }

    func pick(_ choice: Choice, facts: (Int) -> BackendFacts, loads: (Int) -> Int) -> Int? {
        let accepted = accepted(choice, facts, loads)
        return table.first(forKey: key) { accepted.contains($0) }
    }

    /// Those that are neither over the bound nor let this key go, or all where nobody is left.
    private func accepted(_ choice: Choice, _ facts: (Int) -> BackendFacts, _ loads: (Int) -> Int) -> IndexSet {
        let sums = maxLoad == nil ? nil : Sums(choice, facts, loads)
        let largest = choice.largestRamp(facts)
        // The same for all backends: one that lets a key go does not send it to another that lets it go.
        let draw = Int(truncatingIfNeeded: StableHash.rehash(key, turn: .max) % UInt64(largest))
        var accepted = IndexSet()
        for index in 0..<choice.count where choice.open.contains(index) {
            let facts = facts(index)
            guard draw < facts.boundedRamp else { continue }
            if let maxLoad, let sums, sums.isOver(facts, load: loads(index), maxLoad: maxLoad) { continue }
            accepted.insert(index)
        }
        return accepted.isEmpty ? choice.open : accepted
    }

    /// What the usable backends of the tier hold and weigh together, full and tried ones too.
    private struct Sums {
        private var load: UInt64 = 0
        private var weight: UInt64 = 0

        init(_ choice: Choice, _ facts: (Int) -> BackendFacts, _ loads: (Int) -> Int) {
            for index in 0..<choice.count {
                let facts = facts(index)
                guard facts.tier == choice.tier, facts.isAvailable, choice.isPanic || !facts.isSuspect else { continue }
                let (sum, isOver) = load.addingReportingOverflow(UInt64(max(0, loads(index))))
                load = isOver ? .max : sum
                weight += UInt64(facts.boundedWeight)
            }
        }

        /// load + 1 > ceil(maxLoad / 1000 x (sum + 1) x weight / sum of weights), which for whole numbers is
        /// load >= the same without rounding: cross-multiplied in full width, exact.
        func isOver(_ facts: BackendFacts, load: Int, maxLoad: Int) -> Bool {
            let held = UInt64(max(0, load)).multipliedFullWidth(by: weight &* 1000)
            let (total, isAll) = self.load.addingReportingOverflow(1)
            // Both factors are at most a million.
            let bound = (isAll ? .max : total).multipliedFullWidth(by: UInt64(facts.boundedWeight * maxLoad))
            return (held.high, held.low) >= (bound.high, bound.low)
        }
    }
}
