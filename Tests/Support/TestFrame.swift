/// A WebSocket frame as a test wants it on the wire, right or wrong. Written without the code under test.
package struct TestFrame: Sendable, Equatable {
    package enum LengthForm: Sendable { case shortest, two, eight }

    /// FIN, RSV1-3, opcode.
    package var first: UInt8
    /// The masking key in wire order.
    package var key: [UInt8]?
    /// As the endpoint sees it, unmasked.
    package var payload: [UInt8]
    package var form = LengthForm.shortest
    /// A length other than the payload's.
    package var announced: UInt64?

    package init(
        _ first: UInt8, _ payload: [UInt8] = [], masked: Bool, form: LengthForm = .shortest, announced: UInt64? = nil
    ) {
        self.first = first
        self.payload = payload
        key = masked ? [0x37, 0xFA, 0x21, 0x3D] : nil
        self.form = form
        self.announced = announced
    }

    package static func text(_ text: String, masked: Bool) -> TestFrame { TestFrame(0x81, Array(text.utf8), masked: masked) }

    package static func close(_ code: UInt16, _ reason: String = "", masked: Bool) -> TestFrame {
        let high = UInt8(truncatingIfNeeded: code >> 8)
        return TestFrame(0x88, [high, UInt8(truncatingIfNeeded: code)] + Array(reason.utf8), masked: masked)
    }

    package var opcode: UInt8 { first & 0x0F }
    /// Of a Close with at least two bytes.
    package var closeCode: UInt16? {
        opcode == 8 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
    }

    package var bytes: [UInt8] {
        let length = announced ?? UInt64(payload.count)
        var bytes = [first]
        let mark: UInt8 = key == nil ? 0 : 0x80
        switch form {
        case .shortest where length < 126: bytes.append(mark | UInt8(truncatingIfNeeded: length))
        case .two,
            .shortest where length < 65536:
            bytes.append(mark | 126)
            bytes += Self.bigEndian(length, width: 2)
        default:
            bytes.append(mark | 127)
            bytes += Self.bigEndian(length, width: 8)
        }
        guard let key else { return bytes + payload }
        return bytes + key + payload.enumerated().map { $0.element ^ key[$0.offset % 4] }
    }

    private static func bigEndian(_ value: UInt64, width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (width - 1 - $0))) }
    }

    /// The whole frames at the front of `bytes`, and how many bytes they take.
    package static func parse(_ bytes: [UInt8]) -> (frames: [TestFrame], used: Int) {
        var frames: [TestFrame] = []
        var used = 0
        while let (frame, length) = one(bytes[used...]) {
            frames.append(frame)
            used += length
        }
        return (frames, used)
    }

    private static func one(_ bytes: ArraySlice<UInt8>) -> (TestFrame, Int)? {
        var rest = bytes
        func take(_ count: Int) -> [UInt8]? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        guard let head = take(2) else { return nil }
        var length = UInt64(head[1] & 0x7F)
        if length >= 126 {
            guard let wide = take(length == 126 ? 2 : 8) else { return nil }
            length = wide.reduce(0) { $0 << 8 | UInt64($1) }
        }
        var key: [UInt8]?
        if head[1] & 0x80 != 0 {
            key = take(4)
            if key == nil { return nil }
        }
        guard length <= UInt64(rest.count), let masked = take(Int(length)) else { return nil }
        var frame = TestFrame(head[0], masked, masked: false)
        if let key { frame.payload = masked.enumerated().map { $0.element ^ key[$0.offset % 4] } }
        frame.key = key
        return (frame, bytes.count - rest.count)
    }
}
