/// A frame as the demo's backend reads it: whole, unmasked, and small (RFC 6455 5.2).
struct EchoFrame: Equatable {
    enum Refusal: Error {
        /// More than `mostBytes` of payload.
        case tooLarge
        /// A client's frame without a mask, or reserved bits set.
        case malformed
    }

    static let mostBytes = 1 << 20

    /// FIN and opcode, as they came.
    var flags: UInt8
    var payload: [UInt8]

    var opcode: UInt8 { flags & 0x0F }

    /// Takes a client's frame off the front of `buffer`; nil, with nothing taken, while it is not all there.
    static func take(from buffer: inout [UInt8]) throws(Refusal) -> EchoFrame? {
        guard buffer.count >= 2 else { return nil }
        let flags = buffer[0]
        guard flags & 0x70 == 0, buffer[1] & 0x80 != 0 else { throw .malformed }
        let short = buffer[1] & 0x7F
        let width = short == 126 ? 2 : short == 127 ? 8 : 0
        guard buffer.count >= 2 + width + 4 else { return nil }
        let length =
            width == 0 ? UInt64(short) : buffer[2..<2 + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(mostBytes) else { throw .tooLarge }
        let start = 2 + width + 4
        // Bounded above, so neither the conversion nor the sum can overflow.
        let end = start + Int(length)
        guard buffer.count >= end else { return nil }
        let mask = Array(buffer[(start - 4)..<start])
        var payload = Array(buffer[start..<end])
        for index in payload.indices { payload[index] ^= mask[index & 3] }
        buffer.removeFirst(end)
        return EchoFrame(flags: flags, payload: payload)
    }

    /// The frame as a server sends it, without a mask.
    var bytes: [UInt8] {
        var bytes = [flags]
        switch payload.count {
        case ..<126: bytes.append(UInt8(truncatingIfNeeded: payload.count))
        case ..<65536: bytes += [126, UInt8(truncatingIfNeeded: payload.count >> 8), UInt8(truncatingIfNeeded: payload.count)]
        default:
            bytes.append(127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
        }
        return bytes + payload
    }
}
