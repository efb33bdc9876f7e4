/// Finds bytes among distinct keys by halving: at most one comparison for each doubling of their number, no hashing, and all
/// keys in one piece of memory. Built once, never changed.
struct ByteTable: Sendable {
    /// The keys one after the other, shorter ones first, equally long ones in the order of their bytes.
    private var bytes: [UInt8] = []
    /// Where each key begins in `bytes`; one more entry than keys.
    private var starts: [Int] = [0]
    private var values: [Int] = []

    /// - Parameter entries: of two with the same key the first stays.
    init(_ entries: [(key: [UInt8], value: Int)]) {
        // A stable order among equals: their positions decide.
        let sorted = entries.enumerated().sorted { one, other in
            let order = ByteTable.order(one.element.key.span, other.element.key.span)
            return order == 0 ? one.offset < other.offset : order < 0
        }
        var last: [UInt8]?
        for (_, entry) in sorted where entry.key != last {
            bytes += entry.key
            starts.append(bytes.count)
            values.append(entry.value)
            last = entry.key
        }
    }

    var isEmpty: Bool { values.isEmpty }

    /// The value of the key that is `key` byte for byte.
    func find(_ key: Span<UInt8>) -> Int? {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            let order = ByteTable.order(key, bytes.span.extracting(starts[middle]..<starts[middle + 1]))
            if order == 0 { return values[middle] }
            if order < 0 { high = middle } else { low = middle + 1 }
        }
        return nil
    }

    /// Negative when `one` stands before `other`.
    private static func order(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Int {
        guard one.count == other.count else { return one.count < other.count ? -1 : 1 }
        for index in one.indices where one[index] != other[index] { return one[index] < other[index] ? -1 : 1 }
        return 0
    }
}
