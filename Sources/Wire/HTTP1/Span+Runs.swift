/// Where runs of ordinary bytes end: what makes reading a head fast. A scanner skips a run and looks only at the byte
/// behind it, which it alone understands. All take `start <= end <= count` and return a place in `start...end`.
extension Span<UInt8> {
    /// The first place in `start..<end` whose byte is no `tchar` (RFC 9110 5.6.2), or `end`. Letters and `-`, of which nearly all
    /// names consist, eight at a time.
    func endOfToken(from start: Int, to end: Int) -> Int {
        var index = start
        while end &- index >= 8 {
            let word = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let others = Self.neitherLettersNorHyphens(in: word)
            guard others != 0 else {
                index &+= 8
                continue
            }
            index &+= others.trailingZeroBitCount / 8
            guard ASCII.isToken(self[index]) else { return index }
            index &+= 1
        }
        while index < end, ASCII.isToken(self[index]) { index &+= 1 }
        return index
    }

    /// The upper bit of each byte of `word` that is neither a letter of ASCII nor `-`.
    private static func neitherLettersNorHyphens(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let upperBits = ones &<< 7
        // No carry leaves its byte: the upper bits are away before, and what is added is below 0x80.
        let folded = (word | ones &<< 5) & ~upperBits
        let letters = (folded &+ ones &* (0x80 - 0x61)) & ~(folded &+ ones &* (0x80 - 0x7B))
        let unlikeHyphen = ((word ^ ones &* 0x2D) & ~upperBits) &+ ones &* 0x7F
        return (~letters & unlikeHyphen | word) & upperBits
    }

    /// The first place in `start..<end` whose byte is no visible ASCII, or `end`.
    func endOfVisible(from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, ASCII.isVisible(self[index]) { index &+= 1 }
        return index
    }

    /// The first place in `start..<end` whose byte is a control (HTAB is one here), or `end`. Eight bytes at a time.
    public func endOfText(from start: Int, to end: Int) -> Int {
        var index = start
        while end &- index >= 8 {
            // A multiple of eight bits holds any eight bytes; the lowest byte of the word is the first.
            let word = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            let controls = Self.controls(in: word)
            guard controls == 0 else { return index &+ controls.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < end, self[index] >= 0x20, self[index] != 0x7F { index &+= 1 }
        return index
    }

    /// The upper bit of each byte of `word` that is below 0x20 or is 0x7F. A borrow may set bits above the lowest right
    /// one, never below it.
    private static func controls(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let upperBits = ones &<< 7
        let below = (word &- ones &* 0x20) & ~word
        let deletes = word ^ (ones &* 0x7F)
        let isDelete = (deletes &- ones) & ~deletes
        return (below | isDelete) & upperBits
    }
}
