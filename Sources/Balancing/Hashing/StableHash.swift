/// XXH64 (Yann Collet's xxHash, its specification 0.1.1): 64 bits, the same in every process and on every machine, which
/// Swift's own seeded `Hasher` is not. It is fast and spreads well; it keeps nobody from seeking colliding keys.
public enum StableHash {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    /// Reads all of the bytes; none at all have a hash too.
    public static func hash(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
        var position = 0
        var state = seed &+ prime5
        if bytes.count >= 32 { state = stripes(bytes, seed, &position) }
        state = state &+ UInt64(bytes.count)
        while bytes.count - position >= 8 {
            state ^= round(0, word(bytes, position, 8))
            state = rotated(state, 27) &* prime1 &+ prime4
            position += 8
        }
        if bytes.count - position >= 4 {
            state ^= word(bytes, position, 4) &* prime1
            state = rotated(state, 23) &* prime2 &+ prime3
            position += 4
        }
        while position < bytes.count {
            state ^= UInt64(bytes[position]) &* prime5
            state = rotated(state, 11) &* prime1
            position += 1
        }
        return avalanche(state)
    }

    /// Of the text's UTF-8.
    public static func hash(_ text: String, seed: UInt64 = 0) -> UInt64 {
        let bytes = Array(text.utf8)
        return hash(bytes.span, seed: seed)
    }

    /// Another number for the same key; each `turn` gives one that has nothing to do with the others.
    public static func rehash(_ key: UInt64, turn: UInt64) -> UInt64 {
        avalanche(key ^ (turn &+ 1) &* prime1)
    }

    /// Whole blocks of 32 bytes, in four lanes.
    private static func stripes(_ bytes: Span<UInt8>, _ seed: UInt64, _ position: inout Int) -> UInt64 {
        var lanes = (seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1)
        while bytes.count - position >= 32 {
            lanes.0 = round(lanes.0, word(bytes, position, 8))
            lanes.1 = round(lanes.1, word(bytes, position + 8, 8))
            lanes.2 = round(lanes.2, word(bytes, position + 16, 8))
            lanes.3 = round(lanes.3, word(bytes, position + 24, 8))
            position += 32
        }
        let sum = rotated(lanes.0, 1) &+ rotated(lanes.1, 7) &+ rotated(lanes.2, 12) &+ rotated(lanes.3, 18)
        return merged(merged(merged(merged(sum, lanes.0), lanes.1), lanes.2), lanes.3)
    }

    private static func merged(_ state: UInt64, _ lane: UInt64) -> UInt64 {
        (state ^ round(0, lane)) &* prime1 &+ prime4
    }

    private static func round(_ state: UInt64, _ input: UInt64) -> UInt64 {
        rotated(state &+ input &* prime2, 31) &* prime1
    }

    private static func avalanche(_ state: UInt64) -> UInt64 {
        var state = (state ^ state >> 33) &* prime2
        state = (state ^ state >> 29) &* prime3
        return state ^ state >> 32
    }

    private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }

    /// Little-endian, from bytes that the caller has counted.
    private static func word(_ bytes: Span<UInt8>, _ position: Int, _ count: Int) -> UInt64 {
        var word: UInt64 = 0
        for offset in 0..<count { word |= UInt64(bytes[position + offset]) << UInt64(8 * offset) }
        return word
    }
}
