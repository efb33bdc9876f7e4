import Support
import Testing

@testable import Wire

@Suite struct FrameLimitTests {
    private func frame(_ first: UInt8, _ count: Int) -> [UInt8] {
        TestFrame(first, [UInt8](repeating: 1, count: count), masked: true).bytes
    }

    private func verdicts(_ frames: [[UInt8]], maximum: UInt64) -> [FrameWalk.Verdict] {
        FrameWalk.everyCut(frames.flatMap { $0 }, FrameWalk(.client, stops: .init(maximumMessage: maximum))).verdicts
    }

    @Test func `a message of exactly the limit passes, one byte more does not`() {
        #expect(verdicts([frame(0x82, 200)], maximum: 200).isEmpty)
        #expect(verdicts([frame(0x82, 201)], maximum: 200) == [.tooBig(0)])
        #expect(verdicts([frame(0x82, 0)], maximum: 0).isEmpty)
        #expect(verdicts([frame(0x82, 1)], maximum: 0) == [.tooBig(0)])
    }

    @Test func `fragments are added up, and the first one that passes the limit is told`() {
        let parts = [frame(0x02, 60), frame(0x00, 60), frame(0x89, 100), frame(0x80, 60)]
        #expect(verdicts(parts, maximum: 180).isEmpty)
        let third = parts[0].count + parts[1].count + parts[2].count
        #expect(verdicts(parts, maximum: 179) == [.tooBig(third)])
        #expect(verdicts(parts, maximum: 119) == [.tooBig(parts[0].count)])
    }

    @Test func `each message begins at nothing`() {
        #expect(verdicts([frame(0x82, 100), frame(0x01, 100), frame(0x80, 0), frame(0x82, 100)], maximum: 100).isEmpty)
    }

    @Test func `the rest of a message that is too big is walked over without another word, the next one is measured again`() {
        let parts = [frame(0x02, 150), frame(0x00, 150), frame(0x80, 150), frame(0x82, 150)]
        let last = parts[0].count + parts[1].count + parts[2].count
        #expect(verdicts(parts, maximum: 100) == [.tooBig(0), .tooBig(last)])
    }

    @Test func `a fragment of 2^63 - 1 bytes behind another is too big, and its sum is no trap`() {
        var walk = FrameWalk(.client, stops: .init(maximumMessage: .max >> 1))
        walk.take(frame(0x02, 10))
        walk.take(TestFrame(0x00, [], masked: true, announced: .max >> 1).bytes)
        #expect(walk.verdicts == [.tooBig(16)])
    }
}
