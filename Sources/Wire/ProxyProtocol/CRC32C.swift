/// The checksum of RFC 9260 Appendix A (Castagnoli), bit by bit: it is asked for once a connection at most.
enum CRC32C {
    /// The checksum of `bytes`, those in `hole` taken for zeros: a checksum's own field never counts.
    static func checksum(of bytes: Span<UInt8>, zeroing hole: Range<Int>) -> UInt32 {
        var value = UInt32.max
        for index in bytes.indices {
            value ^= hole.contains(index) ? 0 : UInt32(bytes[index])
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        return ~value
    }
}
