import Support

@testable import Session

/// One end of a simulated tunnel: what it says, how it answers, and how it leaves.
struct SimulatedPeer {
    /// A stretch of what it says.
    struct Segment {
        let bytes: [UInt8]
        /// This is the answer to the ping of ours with this tag.
        var answers: UInt64?
        /// From here on nothing is a frame.
        var isGarbage = false
        var isClose = false
    }

    let side: Side
    private(set) var script: [Segment] = []
    /// Said, and not yet read by the proxy.
    private(set) var outbox: [UInt8] = []
    private var parsed = 0
    private(set) var hasSentClose = false
    private(set) var hasSeenClose = false
    private(set) var hasSaidGarbage = false
    let answersPings: Bool
    let answersCloses: Bool
    /// Sends FIN when it has heard one.
    let followsFin: Bool

    init(_ side: Side, _ random: inout SeededRandom) {
        self.side = side
        answersPings = random.chance(percent: 85)
        answersCloses = random.chance(percent: 85)
        followsFin = random.chance(percent: 85)
    }

    private mutating func say(_ segment: Segment) {
        script.append(segment)
        outbox += segment.bytes
    }

    private func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        TestFrame(first, payload, masked: side == .client).bytes
    }

    /// A message, whole or in fragments with a ping or a pong between them.
    mutating func speak(_ random: inout SeededRandom) {
        guard !hasSentClose else { return }
        let size = random.below(random.chance(percent: 20) ? 3000 : 40)
        if random.chance(percent: 70) { return say(Segment(bytes: frame(0x82, random.bytes(size)))) }
        say(Segment(bytes: frame(0x01, random.bytes(size))))
        if random.chance(percent: 50) { say(Segment(bytes: frame(random.chance(percent: 50) ? 0x89 : 0x8A, random.bytes(random.below(126))))) }
        say(Segment(bytes: frame(0x80, random.bytes(random.below(30)))))
    }

    mutating func sayClose(_ code: UInt16) {
        guard !hasSentClose else { return }
        hasSentClose = true
        say(Segment(bytes: TestFrame.close(code, "bye", masked: side == .client).bytes, isClose: true))
    }

    mutating func sayGarbage(_ random: inout SeededRandom) {
        hasSaidGarbage = true
        say(Segment(bytes: [0xFF, 0xFF] + random.bytes(40), isGarbage: true))
    }

    /// Reads what has reached it and answers as its manners are.
    mutating func react(to delivered: ArraySlice<UInt8>) {
        let (frames, used) = TestFrame.parse(Array(delivered.dropFirst(parsed)))
        parsed += used
        for frame in frames where !hasSeenClose {
            if frame.opcode == 9, answersPings, !hasSentClose, frame.payload.count == 8 {
                let tag = frame.payload.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                say(Segment(bytes: self.frame(0x8A, frame.payload), answers: tag))
            }
            if frame.opcode == 8 {
                hasSeenClose = true
                if answersCloses { sayClose(frame.closeCode ?? 1000) }
            }
        }
    }

    mutating func takeFromOutbox(_ count: Int) -> [UInt8] {
        defer { outbox.removeFirst(min(count, outbox.count)) }
        return Array(outbox.prefix(count))
    }
}
