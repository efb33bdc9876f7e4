/// Reads whole control frames, and writes the few that the proxy sends of its own (RFC 6455 section 5.5).
public enum ControlFrame {
    /// The code and reason of a Close frame that lies whole at `offset`.
    ///
    /// A payload of 0 or 1 bytes reads as `.noStatus`. The reason is returned as sent, at most 123 bytes, valid UTF-8 or not.
    public static func readClose(_ bytes: Span<UInt8>, at offset: Int) -> (code: CloseCode, reason: [UInt8]) {
        let payload = self.payload(bytes, at: offset)
        guard payload.count >= 2 else { return (.noStatus, []) }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        return (CloseCode(rawValue: code), Array(payload.dropFirst(2)))
    }

    /// Whether the pong that lies whole at `offset` carries `tag`, the payload of a ping written by `ping(tag:mask:)`.
    public static func isPong(_ bytes: Span<UInt8>, at offset: Int, answering tag: UInt64) -> Bool {
        let payload = self.payload(bytes, at: offset)
        guard payload.count == 8 else { return false }
        var value: UInt64 = 0
        for byte in payload { value = value << 8 | UInt64(byte) }
        return value == tag
    }

    /// A ping whose payload is `tag`, eight bytes, highest first. `mask` for a frame toward a backend.
    public static func ping(tag: UInt64, mask: UInt32?) -> [UInt8] {
        var payload: [UInt8] = []
        for shift in stride(from: 56, through: 0, by: -8) { payload.append(UInt8(truncatingIfNeeded: tag >> UInt64(shift))) }
        return frame(opcode: 0x9, payload: payload, mask: mask)
    }

    /// A Close; the reason is cut at 123 bytes, which its callers' fixed texts never reach.
    public static func close(_ code: CloseCode, reason: StaticString, mask: UInt32?) -> [UInt8] {
        var payload: [UInt8] = [UInt8(truncatingIfNeeded: code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
        reason.withUTF8Buffer { payload.append(contentsOf: $0.prefix(123)) }
        return frame(opcode: 0x8, payload: payload, mask: mask)
    }

    private static func frame(opcode: UInt8, payload: [UInt8], mask: UInt32?) -> [UInt8] {
        var frame: [UInt8] = [0x80 | opcode, UInt8(truncatingIfNeeded: payload.count)]
        guard let mask else { return frame + payload }
        frame[1] |= 0x80
        for index in 0..<4 { frame.append(UInt8(truncatingIfNeeded: mask >> UInt32(8 * index))) }
        for (index, byte) in payload.enumerated() {
            frame.append(byte ^ UInt8(truncatingIfNeeded: mask >> UInt32(8 * (index & 3))))
        }
        return frame
    }

    /// At most 125 bytes, unmasked. Empty when the frame does not lie whole there, which is its caller's promise.
    private static func payload(_ bytes: Span<UInt8>, at offset: Int) -> [UInt8] {
        guard let header = FrameHeader(bytes, at: offset), header.payloadLength <= 125 else { return [] }
        let start = offset + header.length
        let count = Int(header.payloadLength)
        guard bytes.count - start >= count else { return [] }
        var payload: [UInt8] = []
        payload.reserveCapacity(count)
        for index in 0..<count {
            payload.append(bytes[start + index] ^ UInt8(truncatingIfNeeded: header.mask >> UInt32(8 * (index & 3))))
        }
        return payload
    }
}
