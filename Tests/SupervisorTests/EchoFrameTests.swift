import Testing

@testable import Supervisor

@Suite struct EchoFrameTests {
    private func masked(_ flags: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let key: [UInt8] = [1, 2, 3, 4]
        var bytes = EchoFrame(flags: flags, payload: payload).bytes
        bytes[1] |= 0x80
        bytes.insert(contentsOf: key, at: bytes.count - payload.count)
        let start = bytes.count - payload.count
        for index in payload.indices { bytes[start + index] ^= key[index % 4] }
        return bytes
    }

    @Test(arguments: [0, 1, 125, 126, 300, 65535, 65536])
    func `a frame is taken whole, wherever its header is cut`(size: Int) throws {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = masked(0x82, payload)
        for cut in Array(0..<min(bytes.count, 20)) + [bytes.count - 1] {
            var buffer = Array(bytes.prefix(cut))
            #expect(try EchoFrame.take(from: &buffer) == nil)
            #expect(buffer.count == cut)
            // Alone, and with the next one's first byte behind it.
            let next: [UInt8] = cut.isMultiple(of: 2) ? [] : [0x99]
            buffer += bytes[cut...] + next
            #expect(try EchoFrame.take(from: &buffer) == EchoFrame(flags: 0x82, payload: payload))
            #expect(buffer == next)
        }
    }

    @Test func `a frame past the bound is refused by its header`() {
        var buffer: [UInt8] = [0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
        #expect(throws: EchoFrame.Refusal.tooLarge) { try EchoFrame.take(from: &buffer) }
    }

    @Test func `a frame without a mask, or with reserved bits, is refused`() {
        var bare: [UInt8] = [0x81, 0x00]
        #expect(throws: EchoFrame.Refusal.malformed) { try EchoFrame.take(from: &bare) }
        var reserved: [UInt8] = [0xC1, 0x80, 0, 0, 0, 0]
        #expect(throws: EchoFrame.Refusal.malformed) { try EchoFrame.take(from: &reserved) }
    }
}
