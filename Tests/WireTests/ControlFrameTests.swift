import Support
import Testing

@testable import Wire

@Suite struct ControlFrameTests {
    @Test(arguments: [nil, 0, 0x3D21_FA37, UInt32.max] as [UInt32?])
    func `a ping carries its tag, highest byte first, and any key can be taken off`(mask: UInt32?) throws {
        let tag: UInt64 = 0x0102_0304_0506_07FF
        let bytes = ControlFrame.ping(tag: tag, mask: mask)
        let (frames, used) = TestFrame.parse(bytes)
        #expect(used == bytes.count && frames.count == 1)
        #expect(frames[0].first == 0x89 && frames[0].payload == [1, 2, 3, 4, 5, 6, 7, 0xFF])
        let key = mask.map { mask in (0..<4).map { UInt8(truncatingIfNeeded: mask >> UInt32(8 * $0)) } }
        #expect(frames[0].key == key)
    }

    @Test(arguments: [nil, 0xA1B2_C3D4] as [UInt32?])
    func `a close of ours is read back with its code and reason`(mask: UInt32?) {
        for code in [CloseCode.serviceRestart, .goingAway, .tooBig, CloseCode(rawValue: 0xFFFF)] {
            let bytes = ControlFrame.close(code, reason: "service restart", mask: mask)
            let (read, reason) = ControlFrame.readClose(([1, 2, 3] + bytes), at: 3)
            #expect(read == code && reason == Array("service restart".utf8))
            #expect(TestFrame.parse(bytes).frames == [TestFrame.parse(bytes).frames[0]] && bytes[0] == 0x88)
        }
    }

    @Test func `a reason is cut where the frame would grow past 125 bytes`() {
        let long: StaticString =
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        let bytes = ControlFrame.close(.policy, reason: long, mask: nil)
        #expect(bytes.count == 127 && bytes[1] == 125)
    }

    @Test func `a close without a whole code reads as none`() {
        for payload in [[], [3]] as [[UInt8]] {
            for masked in [true, false] {
                let bytes = TestFrame(0x88, payload, masked: masked).bytes
                #expect(ControlFrame.readClose(bytes, at: 0).code == .noStatus)
                #expect(ControlFrame.readClose(bytes, at: 0).reason.isEmpty)
            }
        }
    }

    @Test(arguments: [0, 999, 1000, 1005, 1006, 2999, 65535] as [UInt16])
    func `any code is read as it was sent`(code: UInt16) {
        for masked in [true, false] {
            let bytes = TestFrame.close(code, "x", masked: masked).bytes
            #expect(ControlFrame.readClose(bytes, at: 0).code.rawValue == code)
        }
    }

    @Test func `a frame that is not whole, or not there, reads as empty instead of trapping`() {
        let bytes = TestFrame.close(1000, "reason", masked: true).bytes
        for count in 0..<bytes.count {
            #expect(ControlFrame.readClose(Array(bytes[..<count]), at: 0).code == .noStatus)
        }
        #expect(ControlFrame.readClose(bytes, at: bytes.count).code == .noStatus)
        let huge = TestFrame(0x88, [], masked: false, announced: .max).bytes
        #expect(ControlFrame.readClose(huge, at: 0).code == .noStatus)
    }

    @Test func `only a pong of exactly our tag answers our ping`() {
        let tag: UInt64 = 0xDEAD_BEEF_0000_0001
        func pong(_ payload: [UInt8], masked: Bool) -> [UInt8] { TestFrame(0x8A, payload, masked: masked).bytes }
        let right: [UInt8] = [0xDE, 0xAD, 0xBE, 0xEF, 0, 0, 0, 1]
        for masked in [true, false] {
            #expect(ControlFrame.isPong(pong(right, masked: masked), at: 0, answering: tag))
            #expect(!ControlFrame.isPong(pong(right, masked: masked), at: 0, answering: tag + 1))
            for wrong in [[], Array(right.dropLast()), right + [0], Array(right.reversed())] {
                #expect(!ControlFrame.isPong(pong(wrong, masked: masked), at: 0, answering: tag))
            }
        }
    }
}
