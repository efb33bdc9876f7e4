/// Finds values in lists of `name=value`, byte for byte: no escape is decoded, no case is folded.
enum NamedValue {
    /// The value of a cookie in one `Cookie` field (RFC 6265 4.2.1); the first of that name. Blanks around it are left out, quotes
    /// are a part of it. Nil for a name without `=`, which is no cookie's.
    static func cookie(_ name: [UInt8], in bytes: Span<UInt8>, _ field: Range<Int>) -> Range<Int>? {
        var start = field.lowerBound
        while start < field.upperBound {
            let end = next(0x3B, in: bytes, start..<field.upperBound)
            let pair = trimmed(bytes, start..<end)
            let equals = next(0x3D, in: bytes, pair)
            if equals < pair.upperBound, isEqual(bytes, trimmed(bytes, pair.lowerBound..<equals), name) {
                return trimmed(bytes, equals + 1..<pair.upperBound)
            }
            start = end + 1
        }
        return nil
    }

    /// The value of a parameter of a query; the first of that name. One without `=` has an empty value.
    static func parameter(_ name: [UInt8], in query: Span<UInt8>) -> Range<Int>? {
        var start = 0
        while start < query.count {
            let end = next(0x26, in: query, start..<query.count)
            let equals = next(0x3D, in: query, start..<end)
            if isEqual(query, start..<equals, name) { return min(equals + 1, end)..<end }
            start = end + 1
        }
        return nil
    }

    /// A segment of a path, 1 for the first; nil when the path has not so many, or an empty one there.
    static func segment(_ number: Int, of path: Span<UInt8>) -> Range<Int>? {
        guard number > 0, path.count > 0, path[0] == 0x2F else { return nil }
        var start = 1
        for current in 1...number {
            let end = next(0x2F, in: path, start..<path.count)
            if current == number { return start < end ? start..<end : nil }
            guard end < path.count else { return nil }
            start = end + 1
        }
        return nil
    }

    /// Where `byte` is first; the range's end where it is not.
    private static func next(_ byte: UInt8, in bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        var position = range.lowerBound
        while position < range.upperBound, bytes[position] != byte { position += 1 }
        return position
    }

    private static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (first, last) = (range.lowerBound, range.upperBound)
        while first < last, isBlank(bytes[first]) { first += 1 }
        while last > first, isBlank(bytes[last - 1]) { last -= 1 }
        return first..<last
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isEqual(_ bytes: Span<UInt8>, _ range: Range<Int>, _ name: [UInt8]) -> Bool {
        guard range.count == name.count else { return false }
        for offset in name.indices where bytes[range.lowerBound + offset] != name[offset] { return false }
        return true
    }
}
