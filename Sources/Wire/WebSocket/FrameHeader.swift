/// The first bytes of a WebSocket frame, read in place (RFC 6455 section 5.2).
///
/// A header is 2 to 14 bytes. Reading one never looks at the payload, never allocates, and does no arithmetic on the
/// length beyond what the caller can see: a frame may announce 2^64 - 1 bytes.
public struct FrameHeader: Sendable, Equatable {
    /// Most bytes a header can take: 2, an 8-byte length, a 4-byte mask.
    public static let maximumLength = 14

    /// Byte 0: FIN, RSV1-3 and the opcode.
    public let flags: UInt8
    public let isMasked: Bool
    /// Bytes of the header itself, 2...14.
    public let length: Int
    /// Bytes of payload that follow, as announced.
    public let payloadLength: UInt64
    /// The masking key as it stood on the wire (byte 0 in the lowest bits); 0 when the frame is not masked.
    public let mask: UInt32

    public var isFinal: Bool { flags & 0x80 != 0 }
    public var reservedBits: UInt8 { flags & 0x70 }
    public var opcode: UInt8 { flags & 0x0F }
    public var isControl: Bool { flags & 0x08 != 0 }

    /// Reads the header at `offset`; nil when not all of it is there yet.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        let available = bytes.count - offset
        guard available >= 2 else { return nil }
        let second = bytes[offset + 1]
        let masked = second & 0x80 != 0
        let short = second & 0x7F
        var cursor = offset + 2
        var payload = UInt64(short)
        if short >= 126 {
            let width = short == 126 ? 2 : 8
            guard available >= 2 + width else { return nil }
            payload = 0
            for _ in 0..<width {
                payload = payload << 8 | UInt64(bytes[cursor])
                cursor += 1
            }
        }
        var key: UInt32 = 0
        if masked {
            guard bytes.count - cursor >= 4 else { return nil }
            key =
                UInt32(bytes[cursor]) | UInt32(bytes[cursor + 1]) << 8 | UInt32(bytes[cursor + 2]) << 16
                | UInt32(bytes[cursor + 3]) << 24
            cursor += 4
        }
        self.flags = bytes[offset]
        self.isMasked = masked
        self.length = cursor - offset
        self.payloadLength = payload
        self.mask = key
    }
}
