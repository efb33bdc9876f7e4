import Glibc
import Testing

@testable import BenchCore

/// A stream with a small send buffer, and what its far end received.
private struct Pair {
    let stream: Stream
    let far: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        var size: Int32 = 4096
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        stream = Stream(plain: ends[0])
        far = ends[1]
    }

    func drain() -> [UInt8] {
        var area = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(far, &area, area.count, 0)
        return Array(area.prefix(max(0, count)))
    }
}

struct OutboxTests {
    private let frame = FrameWriter.frame(opcode: 2, payload: (0 ..< 3000).map { UInt8(truncatingIfNeeded: $0) }, mask: nil)

    @Test func `loose bytes wait for the end of a frame that is partly out`() throws {
        let pair = try Pair()
        defer { close(pair.far) }
        let template = FrameTemplate(frame, area: 16384)
        let pong = FrameWriter.frame(opcode: 10, payload: [7], mask: nil)
        var outbox = Outbox()
        var received: [UInt8] = []
        outbox.frames = 40
        #expect(outbox.flush(to: pair.stream, template: template) == .blocked)
        outbox.append(pong)
        var result = Outbox.Flush.blocked
        for _ in 0 ..< 1000 where result != .drained {
            received += pair.drain()
            result = outbox.flush(to: pair.stream, template: template)
        }
        received += pair.drain()
        #expect(result == .drained && outbox.isEmpty)
        var opcodes: [UInt8] = []
        var reader = FrameReader()
        try received.withUnsafeBytes { bytes in
            var cursor = 0
            while let event = try reader.next(in: bytes, cursor: &cursor) {
                if case .header(let opcode, _, _) = event { opcodes.append(opcode) }
            }
        }
        #expect(opcodes.filter { $0 == 2 }.count == 40 && opcodes.filter { $0 == 10 }.count == 1 && opcodes.count == 41)
        #expect(received.count == 40 * frame.count + pong.count)
        #expect(opcodes.last == 2)
    }

    @Test func `a stream whose far end is gone fails`() throws {
        let pair = try Pair()
        close(pair.far)
        var outbox = Outbox()
        outbox.append([1, 2, 3])
        #expect(outbox.flush(to: pair.stream, template: nil) == .failed)
    }
}
