import Support
import Testing

@testable import Wire

@Suite struct FrameScannerTests {
    private func frame(_ first: UInt8, _ count: Int = 0, masked: Bool = true, form: TestFrame.LengthForm = .shortest) -> TestFrame {
        TestFrame(first, [UInt8](repeating: 0x61, count: count), masked: masked, form: form)
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65535, 65536], [TestFrame.LengthForm.shortest, .two, .eight])
    func `every length in every form is walked over to its boundary`(count: Int, form: TestFrame.LengthForm) {
        if form == .two && count > 65535 { return }
        for masked in [true, false] {
            var walk = FrameWalk(masked ? .client : .backend, stops: .init(maximumMessage: 1 << 40))
            let bytes = frame(0x82, count, masked: masked, form: form).bytes
            // Cut in the header, and in the payload's middle.
            for piece in [bytes.prefix(1), bytes.dropFirst().prefix(4), bytes.dropFirst(5).prefix(count / 2)] { walk.take(Array(piece)) }
            walk.take(Array(bytes.dropFirst(5 + count / 2)))
            #expect(walk.verdicts.isEmpty && walk.held.isEmpty)
            #expect(walk.scanner.isAtBoundary && walk.scanner.tally.binaries == 1)
        }
    }

    @Test func `messages count once, under their first opcode, and control frames between their fragments by themselves`() {
        let frames = [
            frame(0x01, 3), frame(0x89, 4), frame(0x00, 200), frame(0x8A, 2), frame(0x80, 1), frame(0x82), frame(0x81, 7),
            frame(0x88, 2), frame(0x02, 0), frame(0x80, 0),
        ]
        let walk = FrameWalk.everyCut(frames.flatMap(\.bytes), FrameWalk(.client))
        let tally = walk.scanner.tally
        #expect(tally.texts == 2 && tally.binaries == 2 && tally.messages == 4)
        #expect(tally.pings == 1 && tally.pongs == 1 && tally.closes == 1 && tally.fragments == 3)
    }

    @Test func `taking the tally begins a new one`() {
        var walk = FrameWalk(.client)
        walk.take(frame(0x81, 1).bytes)
        #expect(walk.scanner.takeTally().texts == 1)
        #expect(walk.scanner.takeTally() == FrameTally())
    }

    @Test func `a close is told whole, with its place and length, and the walk goes on behind it`() {
        let before = frame(0x81, 5).bytes
        let close = TestFrame.close(1000, "bye", masked: true).bytes
        let bytes = before + close + frame(0x89, 3).bytes + close
        let walk = FrameWalk.everyCut(bytes, FrameWalk(.client))
        #expect(
            walk.verdicts == [
                .close(at: before.count, length: close.count), .close(at: bytes.count - close.count, length: close.count),
            ])
    }

    @Test func `a pong is told only when asked for`() {
        let bytes = frame(0x82, 1).bytes + frame(0x8A, 8).bytes + frame(0x8A, 0).bytes
        #expect(FrameWalk.everyCut(bytes, FrameWalk(.client)).verdicts.isEmpty)
        let walk = FrameWalk.everyCut(bytes, FrameWalk(.client, stops: .init(atPong: true)))
        #expect(walk.verdicts == [.pong(at: 7, length: 14), .pong(at: 21, length: 6)])
        #expect(walk.scanner.tally.pongs == 2)
    }

    @Test func `a boundary is told at once when the stream stands on one, else behind the frame under way`() {
        let bytes = frame(0x82, 300).bytes
        var walk = FrameWalk(.client, stops: .init(atBoundary: true))
        walk.take([])
        #expect(walk.verdicts == [.boundary(0)])
        for cut in 9..<bytes.count {
            var walk = FrameWalk(.client)
            walk.take(Array(bytes[..<cut]))
            #expect(!walk.scanner.isAtBoundary)
            walk.stops.atBoundary = true
            walk.take(Array(bytes[cut...]) + bytes)
            #expect(walk.verdicts == [.boundary(bytes.count)])
        }
    }

    @Test func `a header that is half here leaves the stream on the boundary in front of it`() {
        for cut in 1..<8 {
            var walk = FrameWalk(.client)
            walk.take(Array(frame(0x82, 300).bytes[..<cut]))
            #expect(walk.scanner.isAtBoundary && walk.held.count == cut)
        }
    }

    @Test func `the longest thing that can be held is a close with a 64-bit length, one byte short`() {
        var walk = FrameWalk(.client)
        let close = frame(0x88, 125, form: .eight).bytes
        walk.take(Array(close.dropLast()))
        #expect(close.count == 139 && walk.held.count == 138)
        walk.take(Array(close.suffix(1)))
        #expect(walk.verdicts == [.close(at: 0, length: 139)])
    }

    @Test func `whether a data frame is half through is known, and a control frame is none`() {
        var walk = FrameWalk(.client)
        walk.take(Array(frame(0x02, 10).bytes.dropLast()))
        #expect(walk.scanner.isInsideData)
        walk.take([0])
        #expect(!walk.scanner.isInsideData)
        walk.take(Array(frame(0x89, 10).bytes.dropLast()))
        #expect(!walk.scanner.isInsideData && !walk.scanner.isAtBoundary)
    }
}
