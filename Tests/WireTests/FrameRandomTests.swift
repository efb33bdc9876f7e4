import Support
import Testing

@testable import Wire

@Suite struct FrameRandomTests {
    /// A valid stream, and what is to be told of it.
    private struct Stream {
        var bytes: [UInt8] = []
        var verdicts: [FrameWalk.Verdict] = []
        var tally = FrameTally()

        init(_ random: inout SeededRandom, masked: Bool, hasLong: Bool) {
            var open: UInt8?
            for _ in 0..<(1 + random.below(30)) {
                let control = random.chance(percent: 30)
                let short = random.chance(percent: 50) ? 8 : 300
                let size = hasLong && random.chance(percent: 3) ? 65530 + random.below(12) : random.below(short)
                if control {
                    add(control: [0x88, 0x89, 0x8A][random.below(3)], random.bytes(random.below(126)), masked: masked)
                } else {
                    let isLast = random.chance(percent: 60)
                    let opcode: UInt8 = open == nil ? 1 + UInt8(random.below(2)) : 0
                    bytes += TestFrame(isLast ? 0x80 | opcode : opcode, random.bytes(size), masked: masked).bytes
                    let kind = open ?? opcode
                    if isLast, kind == 1 { tally.texts += 1 }
                    if isLast, kind == 2 { tally.binaries += 1 }
                    if !isLast { tally.fragments += 1 }
                    open = isLast ? nil : kind
                }
            }
        }

        private mutating func add(control first: UInt8, _ payload: [UInt8], masked: Bool) {
            let frame = TestFrame(first, payload, masked: masked).bytes
            switch first {
            case 0x88:
                tally.closes += 1
                verdicts.append(.close(at: bytes.count, length: frame.count))
            case 0x89: tally.pings += 1
            default:
                tally.pongs += 1
                verdicts.append(.pong(at: bytes.count, length: frame.count))
            }
            bytes += frame
        }
    }

    @Test func `random valid streams in random pieces are told exactly`() {
        for seed in 0..<400 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let masked = random.chance(percent: 50)
            let stream = Stream(&random, masked: masked, hasLong: true)
            var walk = FrameWalk(masked ? .client : .backend, stops: .init(atPong: true))
            for piece in random.pieces(stream.bytes, largest: stream.bytes.count < 10_000 && random.chance(percent: 50) ? 20 : 5000) { walk.take(piece) }
            #expect(walk.verdicts == stream.verdicts, "seed \(seed)")
            #expect(walk.scanner.tally == stream.tally, "seed \(seed)")
            #expect(walk.held.isEmpty && walk.scanner.isAtBoundary, "seed \(seed)")
        }
    }

    @Test func `random bytes in random pieces get the verdicts of the whole`() {
        for seed in 0..<1000 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            // Often a valid beginning, so that the noise is met in every state.
            var bytes = random.chance(percent: 70) ? Stream(&random, masked: true, hasLong: false).bytes : []
            bytes = bytes.prefix(random.below(2000)) + random.bytes(random.below(200))
            let fresh = FrameWalk(.client, stops: .init(atPong: true, maximumMessage: 400))
            var (whole, cut) = (fresh, fresh)
            whole.take(bytes)
            for piece in random.pieces(bytes, largest: 30) { cut.take(piece) }
            #expect(cut.verdicts == whole.verdicts && cut.held == whole.held, "seed \(seed)")
            #expect(cut.scanner.isTracking == whole.scanner.isTracking, "seed \(seed)")
        }
    }
}
