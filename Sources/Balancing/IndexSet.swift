/// A set of small numbers. Pools of up to 64 backends, nearly all, need no allocation.
struct IndexSet: Sendable {
    private var low: UInt64 = 0
    private var high: [UInt64] = []

    func contains(_ index: Int) -> Bool {
        guard index >= 64 else { return index >= 0 && low >> UInt64(index) & 1 == 1 }
        let word = index / 64 - 1
        return word < high.count && high[word] >> UInt64(index % 64) & 1 == 1
    }

    /// A negative number is no index and is not kept.
    mutating func insert(_ index: Int) {
        guard index >= 64 else {
            if index >= 0 { low |= 1 << UInt64(index) }
            return
        }
        let word = index / 64 - 1
        while high.count <= word { high.append(0) }
        high[word] |= 1 << UInt64(index % 64)
    }
}
