/// Counts of values (nanoseconds), in buckets no wider than 1/64 of the value: log-linear, fixed in size, no allocation after init.
package struct Histogram {
    private static let fineBits = 6
    private var counts = [UInt64](repeating: 0, count: (64 - fineBits + 1) << fineBits)
    package private(set) var total: UInt64 = 0
    package private(set) var largest: UInt64 = 0

    package init() {}

    package mutating func record(_ value: UInt64) {
        counts[Self.bucket(of: value)] += 1
        total += 1
        largest = max(largest, value)
    }

    package mutating func reset() {
        for index in counts.indices { counts[index] = 0 }
        total = 0
        largest = 0
    }

    /// The value that a share of `quantile` (0 to 1) of all values does not exceed, as its bucket's upper end; 0 when empty.
    package func value(at quantile: Double) -> UInt64 {
        guard total > 0 else { return 0 }
        let wanted = max(1, UInt64((Double(total) * min(max(quantile, 0), 1)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, count) in counts.enumerated() where count > 0 {
            seen += count
            if seen >= wanted { return min(largest, Self.upperEnd(of: index)) }
        }
        return largest
    }

    private static func bucket(of value: UInt64) -> Int {
        let bits = 64 - value.leadingZeroBitCount
        if bits <= fineBits + 1 { return Int(value) }
        let shift = bits - fineBits - 1
        return shift << fineBits + Int(value >> UInt64(shift))
    }

    private static func upperEnd(of bucket: Int) -> UInt64 {
        if bucket < 2 << fineBits { return UInt64(bucket) }
        let shift = bucket >> fineBits - 1
        let mantissa = UInt64(bucket - shift << fineBits)
        return mantissa << UInt64(shift) | (1 << UInt64(shift) - 1)
    }
}
