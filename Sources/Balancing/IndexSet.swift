/// A set of small numbers. Pools of up to 64 backends, nearly all, need no allocation.
struct IndexSet: Sendable, Equatable {
    private var low: UInt64 = 0
    /// The words past the first; the last one is not zero.
    private var high: [UInt64] = []

    init() {}

    init(_ indices: some Sequence<Int>) {
        for index in indices { insert(index) }
    }

    var isEmpty: Bool { low == 0 && high.isEmpty }

    var count: Int { high.reduce(low.nonzeroBitCount) { $0 + $1.nonzeroBitCount } }

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

    mutating func remove(_ index: Int) {
        guard index >= 64 else {
            if index >= 0 { low &= ~(1 << UInt64(index)) }
            return
        }
        let word = index / 64 - 1
        guard word < high.count else { return }
        high[word] &= ~(1 << UInt64(index % 64))
        while high.last == 0 { high.removeLast() }
    }

    mutating func removeAll() {
        low = 0
        high.removeAll(keepingCapacity: true)
    }

    mutating func formUnion(_ other: IndexSet) {
        low |= other.low
        while high.count < other.high.count { high.append(0) }
        for (word, bits) in other.high.enumerated() { high[word] |= bits }
    }

    func subtracting(_ other: IndexSet) -> IndexSet {
        masked(low & ~other.low, other) { $0 & ~$1 }
    }

    func intersection(_ other: IndexSet) -> IndexSet {
        masked(low & other.low, other) { $0 & $1 }
    }

    /// The number with so many smaller ones in the set; nil past the last.
    func element(at position: Int) -> Int? {
        guard position >= 0 else { return nil }
        var left = position
        if left < low.nonzeroBitCount { return Self.bit(left, of: low) }
        left -= low.nonzeroBitCount
        for (word, bits) in high.enumerated() {
            if left < bits.nonzeroBitCount { return (word + 1) * 64 + Self.bit(left, of: bits) }
            left -= bits.nonzeroBitCount
        }
        return nil
    }

    private func masked(_ first: UInt64, _ other: IndexSet, _ combine: (UInt64, UInt64) -> UInt64) -> IndexSet {
        var result = IndexSet()
        result.low = first
        guard !high.isEmpty else { return result }
        result.high = high
        for word in high.indices {
            result.high[word] = combine(high[word], word < other.high.count ? other.high[word] : 0)
        }
        while result.high.last == 0 { result.high.removeLast() }
        return result
    }

    private static func bit(_ position: Int, of word: UInt64) -> Int {
        var rest = word
        for _ in 0..<position { rest &= rest &- 1 }
        return rest.trailingZeroBitCount
    }
}
