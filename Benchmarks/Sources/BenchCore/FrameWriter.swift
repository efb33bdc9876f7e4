/// Writes WebSocket frame headers and masks payload (RFC 6455 5.2, 5.3).
package enum FrameWriter {
    /// Appends a header. `mask` is in the order of its bytes in memory; `nil` for what a server sends.
    package static func appendHeader(to bytes: inout [UInt8], opcode: UInt8, final: Bool, length: UInt64, mask: UInt32?) {
        bytes.append(opcode & 0x0F | (final ? 0x80 : 0))
        let flag: UInt8 = mask == nil ? 0 : 0x80
        switch length {
        case 0 ..< 126: bytes.append(flag | UInt8(truncatingIfNeeded: length))
        case 126 ... 0xFFFF:
            bytes.append(flag | 126)
            withUnsafeBytes(of: UInt16(truncatingIfNeeded: length).bigEndian) { bytes.append(contentsOf: $0) }
        default:
            bytes.append(flag | 127)
            withUnsafeBytes(of: length.bigEndian) { bytes.append(contentsOf: $0) }
        }
        if let mask { withUnsafeBytes(of: mask) { bytes.append(contentsOf: $0) } }
    }

    /// A whole frame, final, with a payload that is masked when `mask` is given.
    package static func frame(opcode: UInt8, payload: [UInt8], mask: UInt32?) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 14)
        appendHeader(to: &bytes, opcode: opcode, final: true, length: UInt64(payload.count), mask: mask)
        let start = bytes.count
        bytes.append(contentsOf: payload)
        if let mask {
            bytes.withUnsafeMutableBytes { apply(mask: mask, to: UnsafeMutableRawBufferPointer(rebasing: $0[start...]), offset: 0) }
        }
        return bytes
    }

    /// Masks or unmasks in place; `offset` is how far into the frame's payload `bytes` begin.
    package static func apply(mask: UInt32, to bytes: UnsafeMutableRawBufferPointer, offset: UInt64) {
        // Turn the mask so that its first byte belongs to the first byte here. On a little-endian machine the byte in front
        // is the lowest one.
        let turn = UInt32(truncatingIfNeeded: offset & 3) * 8
        let little = UInt32(littleEndian: mask)
        let turned = turn == 0 ? little : little >> turn | little << (32 - turn)
        let wide = (UInt64(turned) | UInt64(turned) << 32).littleEndian
        var at = 0
        while at + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            bytes.storeBytes(of: word ^ wide, toByteOffset: at, as: UInt64.self)
            at += 8
        }
        withUnsafeBytes(of: wide) { key in
            while at < bytes.count {
                bytes[at] ^= key[at & 7]
                at += 1
            }
        }
    }
}
