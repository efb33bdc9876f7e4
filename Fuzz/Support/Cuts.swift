/// Where an input is cut: the first byte of the input seeds a small generator, so libFuzzer finds cuts as it finds bytes.
struct Cuts {
    private var state: UInt64

    init(seed: UInt8) {
        state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    /// The next piece's length, 1 to 16 bytes, sometimes up to 256.
    mutating func next() -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        let isLong = state & 0x700 == 0
        return 1 + Int(state & (isLong ? 0xFF : 0x0F))
    }

    /// The ends of the pieces of `count` bytes, in order; the last is `count`.
    mutating func ends(_ count: Int) -> [Int] {
        var ends: [Int] = []
        var end = 0
        while end < count {
            end = min(count, end + next())
            ends.append(end)
        }
        return ends.isEmpty ? [0] : ends
    }
}

/// Ends the run with a message that libFuzzer reports together with the input.
func expect(_ condition: Bool, _ message: StaticString) {
    if !condition { fatalError("property broken: \(message)") }
}
