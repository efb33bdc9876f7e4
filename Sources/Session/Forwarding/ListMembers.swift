/// The members of a comma-separated value as ranges, blanks around them left out, empty members too (RFC 9110 5.6.1).
///
/// It splits at every comma, so it fits lists of tokens.
struct ListMembers: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    /// - Parameter range: must lie in `bytes`.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    mutating func next() -> Range<Int>? {
        while position < end {
            var first = position
            while position < end, bytes[position] != 0x2C { position &+= 1 }
            var last = position
            // Past the comma.
            position &+= 1
            while first < last, ListMembers.isBlank(bytes[first]) { first &+= 1 }
            while last > first, ListMembers.isBlank(bytes[last &- 1]) { last &-= 1 }
            if first < last { return first..<last }
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }
}
