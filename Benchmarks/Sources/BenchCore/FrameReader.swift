/// Reads WebSocket frames (RFC 6455 5.2) out of whatever pieces a connection delivers, without holding payload.
package struct FrameReader {
    /// What the bytes turned out to be, in the order in which they came.
    package enum Event: Equatable {
        /// A whole header.
        case header(opcode: UInt8, final: Bool, length: UInt64)
        /// Payload bytes of the current frame at `start ..< start + count` of the input, `offset` bytes into the frame. Every frame
        /// yields exactly one event with `ended` true, also an empty one.
        case payload(start: Int, count: Int, offset: UInt64, ended: Bool)
    }

    /// No byte could make this a frame: a length of 2^63 or more.
    package struct Fault: Error, Equatable {}

    /// The current frame's mask, in the order of its bytes in memory; 0 when the frame is not masked.
    package private(set) var mask: UInt32 = 0

    private var header: (UInt64, UInt64) = (0, 0)
    private var headerCount = 0
    private var inPayload = false
    private var length: UInt64 = 0
    private var offset: UInt64 = 0

    package init() {}

    /// The next event of `bytes` from `cursor` on, which moves behind what was used. `nil` when all bytes are used and more
    /// must come.
    package mutating func next(in bytes: UnsafeRawBufferPointer, cursor: inout Int) throws(Fault) -> Event? {
        if inPayload { return payload(available: bytes.count, cursor: &cursor) }
        while cursor < bytes.count {
            store(bytes[cursor])
            cursor += 1
            guard headerCount >= 2, headerCount == headerSize else { continue }
            return try finishHeader()
        }
        return nil
    }

    private mutating func payload(available: Int, cursor: inout Int) -> Event? {
        let left = length - offset
        let here = UInt64(available - cursor)
        if left > 0 && here == 0 { return nil }
        let count = min(left, here)
        let event = Event.payload(start: cursor, count: Int(count), offset: offset, ended: count == left)
        cursor += Int(count)
        offset += count
        if count == left { inPayload = false }
        return event
    }

    private mutating func store(_ byte: UInt8) {
        withUnsafeMutableBytes(of: &header) { $0[headerCount] = byte }
        headerCount += 1
    }

    private func byte(_ index: Int) -> UInt8 { withUnsafeBytes(of: header) { $0[index] } }

    /// 2 to 14, known once two bytes are there.
    private var headerSize: Int {
        let second = byte(1)
        let extended = second & 0x7F == 126 ? 2 : second & 0x7F == 127 ? 8 : 0
        return 2 + extended + (second & 0x80 == 0 ? 0 : 4)
    }

    private mutating func finishHeader() throws(Fault) -> Event {
        let second = byte(1)
        var at = 2
        switch second & 0x7F {
        case 126: length = bigEndian(&at, 2)
        case 127: length = bigEndian(&at, 8)
        case let short: length = UInt64(short)
        }
        guard length >> 63 == 0 else { throw Fault() }
        mask = second & 0x80 == 0 ? 0 : withUnsafeBytes(of: header) { $0.loadUnaligned(fromByteOffset: at, as: UInt32.self) }
        offset = 0
        headerCount = 0
        inPayload = true
        return .header(opcode: byte(0) & 0x0F, final: byte(0) & 0x80 != 0, length: length)
    }

    private func bigEndian(_ at: inout Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for _ in 0 ..< count {
            value = value << 8 | UInt64(byte(at))
            at += 1
        }
        return value
    }
}
