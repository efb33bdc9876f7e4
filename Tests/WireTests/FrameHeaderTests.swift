import Support
import Testing

@testable import Wire

@Suite struct FrameHeaderTests {
    @Test func `every bit of a 64-bit length is read at its place`() throws {
        for bit in 0..<64 as Range<UInt64> {
            let frame = TestFrame(0x82, [], masked: false, form: .eight, announced: 1 << bit)
            let header = try #require(FrameHeader(frame.bytes, at: 0))
            #expect(header.payloadLength == 1 << bit && header.length == 10)
        }
        let all = TestFrame(0x82, [], masked: true, form: .eight, announced: .max)
        let header = try #require(FrameHeader(all.bytes, at: 0))
        #expect(header.payloadLength == .max && header.length == FrameHeader.maximumLength)
    }

    @Test(arguments: [TestFrame.LengthForm.shortest, .two, .eight], [true, false])
    func `a header is nil until its last byte is here, at any offset`(form: TestFrame.LengthForm, masked: Bool) throws {
        let frame = TestFrame(0x82, [9, 9, 9], masked: masked, form: form).bytes
        let length = frame.count - 3
        for count in 0..<length { #expect(FrameHeader(Array(frame[..<count]), at: 0) == nil) }
        for offset in 0..<5 {
            let header = try #require(FrameHeader(([UInt8](repeating: 0xFF, count: offset) + frame[..<length]), at: offset))
            #expect(header.length == length && header.payloadLength == 3 && header.isMasked == masked)
            #expect(header.mask == (masked ? 0x3D21_FA37 : 0))
        }
    }

    @Test func `the first byte is taken apart`() throws {
        for first in UInt8.min...UInt8.max {
            let header = try #require(FrameHeader([first, 0], at: 0))
            #expect(header.isFinal == (first >= 128) && header.opcode == first % 16)
            #expect(header.reservedBits == first & 0x70 && header.isControl == (first % 16 >= 8))
        }
    }

    @Test func `16-bit lengths are read highest byte first`() throws {
        let header = try #require(FrameHeader([0x81, 126, 0x12, 0x34], at: 0))
        #expect(header.payloadLength == 0x1234 && header.length == 4 && !header.isMasked)
    }
}
