import Support
import Testing

@testable import Wire

/// What no endpoint would accept: the scanner says so once and lets everything through; what an endpoint might accept it follows.
@Suite struct FrameHostileTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let id: String
        let sender: FrameScanner.Sender
        let frames: [TestFrame]
        /// The frame at which framing is lost; nil when all of it passes tracked.
        let lostAt: Int?
        var reserved = false
        var testDescription: String { id }
    }

    private static func data(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count) }
    private static func client(_ first: UInt8, _ count: Int = 1, announced: UInt64? = nil, form: TestFrame.LengthForm = .shortest)
        -> TestFrame
    { TestFrame(first, data(count), masked: true, form: form, announced: announced) }

    static let rows: [Row] =
        [
            Row(id: "F1 unmasked from a client", sender: .client, frames: [TestFrame(0x81, [1], masked: false)], lostAt: 0),
            Row(id: "F2 masked from a backend", sender: .backend, frames: [client(0x81)], lostAt: 0),
            Row(id: "F4 RSV without an extension", sender: .client, frames: [client(0x81), client(0xC1)], lostAt: 1),
            Row(id: "F4 RSV with an extension", sender: .client, frames: [client(0xC1), client(0xB2)], lostAt: nil, reserved: true),
            Row(id: "F5 fragmented ping", sender: .client, frames: [client(0x09)], lostAt: 0),
            Row(id: "F5 fragmented close", sender: .client, frames: [client(0x08, 2)], lostAt: 0),
            Row(id: "F5 ping of 126 bytes", sender: .client, frames: [client(0x89, 126)], lostAt: 0),
            Row(id: "F5 close of 2^64 - 1 bytes", sender: .client, frames: [client(0x88, announced: .max)], lostAt: 0),
            Row(id: "F6 highest bit of the length", sender: .client, frames: [client(0x82, announced: 1 << 63)], lostAt: 0),
            Row(id: "F6 all bits of the length", sender: .client, frames: [client(0x82, announced: .max)], lostAt: 0),
            Row(id: "F6 2^63 - 1 bytes", sender: .client, frames: [client(0x82, announced: .max >> 1)], lostAt: nil),
            Row(id: "F7 16 bits for 5", sender: .client, frames: [client(0x82, 5, form: .two), client(0x82)], lostAt: nil),
            Row(id: "F7 64 bits for 200", sender: .client, frames: [client(0x82, 200, form: .eight), client(0x81)], lostAt: nil),
            Row(id: "F7 64 bits for a close", sender: .client, frames: [client(0x88, 2, form: .eight), client(0x81)], lostAt: nil),
            Row(id: "F8 continuation of nothing", sender: .client, frames: [client(0x82), client(0x80)], lostAt: 1),
            Row(id: "F8 new message inside one", sender: .client, frames: [client(0x01), client(0x82)], lostAt: 1),
            Row(id: "F9 ping between fragments", sender: .client, frames: [client(0x01), client(0x89), client(0x80)], lostAt: nil),
            Row(
                id: "F10 invalid UTF-8", sender: .client,
                frames: [TestFrame(0x81, [0xFF, 0xC0], masked: true), TestFrame(0x88, [3, 232, 0xFF], masked: true)], lostAt: nil),
            Row(
                id: "F11 close codes that none may send", sender: .client,
                frames: [0, 999, 1005, 1006, 65535].map { .close($0, masked: true) }, lostAt: nil),
            Row(id: "F12 close of one byte", sender: .client, frames: [client(0x88, 1), client(0x88, 0)], lostAt: nil),
            Row(id: "F12 close reason of 123 bytes", sender: .client, frames: [client(0x88, 125)], lostAt: nil),
            Row(id: "F12 close reason of 124 bytes", sender: .client, frames: [client(0x88, 126)], lostAt: 0),
            Row(
                id: "F13 data, ping and a second close after a close", sender: .client,
                frames: [client(0x88, 2), client(0x82), client(0x89), client(0x88, 2)], lostAt: nil),
        ]
        + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map { opcode in
            Row(id: "F3 opcode \(opcode)", sender: .client, frames: [client(0x82), client(0x80 | opcode)], lostAt: 1)
        }

    @Test(arguments: rows)
    func `hostile frames are followed or given up, the same at every cut`(row: Row) {
        var offsets = [0]
        for frame in row.frames { offsets.append(offsets[offsets.count - 1] + frame.bytes.count) }
        let walk = FrameWalk.everyCut(row.frames.flatMap(\.bytes), FrameWalk(row.sender, reserved: row.reserved))
        let lost = walk.verdicts.filter { if case .lost = $0 { true } else { false } }
        #expect(lost == row.lostAt.map { [.lost(offsets[$0])] } ?? [])
        #expect(walk.scanner.isTracking == (row.lostAt == nil))
        let closes = walk.verdicts.count - lost.count
        #expect(closes == row.frames.prefix(row.lostAt ?? .max).count { $0.opcode == 8 })
    }

    @Test func `once lost, every byte passes without a stop, whatever is asked for`() {
        var walk = FrameWalk(.client, stops: .init(atPong: true, maximumMessage: 1))
        walk.take(TestFrame(0x81, [1], masked: false).bytes)
        walk.stops.atBoundary = true
        var random = SeededRandom(seed: 5)
        for _ in 0..<200 { walk.take(random.bytes(50)) }
        #expect(walk.verdicts == [.lost(0)] && walk.held.isEmpty && !walk.scanner.isAtBoundary)
    }

    @Test func `a frame of 2^63 - 1 bytes never ends, and is never added up`() {
        var walk = FrameWalk(.client)
        walk.take(Self.client(0x82, 0, announced: .max >> 1).bytes)
        for _ in 0..<100 { walk.take([UInt8](repeating: 0x88, count: 1 << 16)) }
        #expect(walk.verdicts.isEmpty && !walk.scanner.isAtBoundary && walk.scanner.isInsideData)
    }
}
