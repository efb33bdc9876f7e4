/// Where runs of ordinary bytes end: what makes reading a head fast. A scanner skips a run and looks only at the byte
/// behind it, which it alone understands. All take `start <= end <= count` and return a place in `start...end`.
extension Span<UInt8> {
    /// The first place of that byte.
    func first(of byte: UInt8) -> Int? {
        for index in indices where self[index] == byte { return index }
        return nil
    }

    /// The first place in `start..<end` whose byte is no `tchar` (RFC 9110 5.6.2), or `end`.
    func endOfToken(from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, ASCII.isToken(self[index]) { index &+= 1 }
        return index
    }

    /// The first place in `start..<end` whose byte is no visible ASCII, or `end`.
    func endOfVisible(from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, ASCII.isVisible(self[index]) { index &+= 1 }
        return index
    }

    /// The first place in `start..<end` whose byte is a control (HTAB is one here), or `end`. Eight bytes at a time.
    package func endOfText(from start: Int, to end: Int) -> Int {
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
