import Glibc
import Support
import Testing

@testable import Transport

@Suite struct StreamTests {
    private let scratch = Scratch(capacity: 64 * 1024)

    private func send(_ stream: inout Stream, _ bytes: [UInt8]) -> Stream.Ending? {
        bytes.withUnsafeBytes { stream.send($0, scratch: scratch) }
    }

    /// The descriptor of our end, for a stream to own, and the peer.
    private func pair(buffers: Int32? = nil) -> (near: Int32, peer: RawSocket) {
        let (near, far) = RawSocket.pair()
        if let buffers { near.shrinkBuffers(to: buffers) }
        return (near.handOver(), far)
    }

    @Test func `bytes pass both ways, and nothing now is no ending`() {
        let (near, peer) = pair()
        var stream = Stream(owning: near, bound: 1 << 20)
        #expect(stream.receive(into: scratch, limit: 100).ending == nil)
        #expect(send(&stream, [1, 2, 3]) == nil && stream.backlog.isEmpty && peer.receive() == [1, 2, 3])
        peer.send([4, 5, 6, 7])
        let first = stream.receive(into: scratch, limit: 3)
        #expect(first.count == 3 && first.isFull && first.ending == nil)
        #expect(Array(UnsafeRawBufferPointer(start: scratch.plain, count: 3)) == [4, 5, 6])
        let second = stream.receive(into: scratch, limit: 3)
        #expect(second.count == 1 && !second.isFull)
        peer.endSending()
        #expect(stream.receive(into: scratch, limit: 3).ending == .fin)
    }

    @Test func `what a full buffer refuses waits in order, and flushing sends the rest`() {
        let (near, peer) = pair(buffers: 4096)
        var stream = Stream(owning: near, bound: 1 << 20)
        var random = SeededRandom(seed: 1)
        let bytes = random.bytes(300_000)
        #expect(send(&stream, bytes) == nil && !stream.backlog.isEmpty)
        #expect(send(&stream, [9, 9]) == nil)
        var got: [UInt8] = []
        while got.count < bytes.count + 2 {
            got += peer.receive(10_000) ?? []
            #expect(stream.flush() == nil)
        }
        #expect(got == bytes + [9, 9] && stream.backlog.isEmpty)
    }

    @Test func `more than the bound ends the stream instead of growing`() {
        let (near, peer) = pair(buffers: 4096)
        var stream = Stream(owning: near, bound: 1000)
        let ending = send(&stream, [UInt8](repeating: 0, count: 1 << 20))
        #expect(ending == .reset(SystemError(-Int(ENOBUFS))) && stream.backlog.count <= 1000)
        #expect(peer.receive()?.isEmpty == false)
    }

    @Test func `the end comes behind the backlog, and asking twice is the same as once`() {
        let (near, peer) = pair(buffers: 4096)
        var stream = Stream(owning: near, bound: 1 << 20)
        let bytes = [UInt8](repeating: 7, count: 200_000)
        #expect(send(&stream, bytes) == nil && stream.end(scratch: scratch) == nil && stream.end(scratch: scratch) == nil)
        let isSentTooEarly = stream.isFarewellSent
        #expect(isSentTooEarly == false)
        var count = 0
        while count < bytes.count {
            count += peer.receive()?.count ?? 0
            #expect(stream.flush() == nil)
        }
        #expect(stream.isFarewellSent && peer.receive() == [])
        // Our end is said; the other direction goes on.
        peer.send([1])
        #expect(stream.receive(into: scratch, limit: 10).count == 1)
    }

    @Test func `an end that a close follows is left to the close, unless something waits`() {
        let (near, peer) = pair()
        var stream = Stream(owning: near, bound: 1 << 20)
        #expect(send(&stream, [1]) == nil && stream.end(scratch: scratch, closes: true) == nil && stream.isFarewellSent)
        #expect(peer.receive() == [1])
        var waiting = pollfd(fd: peer.descriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 0) == 0)
        stream.close()
        #expect(poll(&waiting, 1, 0) == 0 || peer.receive() == [])

        let (crowded, reader) = pair(buffers: 4096)
        var busy = Stream(owning: crowded, bound: 1 << 20)
        #expect(send(&busy, [UInt8](repeating: 7, count: 200_000)) == nil && busy.end(scratch: scratch, closes: true) == nil)
        let isSentTooEarly = busy.isFarewellSent
        #expect(!isSentTooEarly && reader.receive()?.isEmpty == false)
    }

    @Test func `with nothing waiting the end goes out at once`() {
        let (near, peer) = pair()
        var stream = Stream(owning: near, bound: 1 << 20)
        #expect(stream.end(scratch: scratch) == nil && stream.isFarewellSent && peer.receive() == [])
    }

    /// The same over TCP.
    private func overTCP() throws -> (near: Int32, peer: RawSocket) {
        let listener = RawSocket.listening()
        let near = try #require(RawSocket.connected(port: listener.port))
        return (near.handOver(), try #require(listener.accepted()))
    }

    @Test func `a close with reset is a reset for the peer, a plain close is an end`() throws {
        for reset in [true, false] {
            let (near, peer) = try overTCP()
            var stream = Stream(owning: near, bound: 1 << 20)
            stream.close(reset: reset)
            let got = peer.receive()
            #expect(!stream.isOpen && got == (reset ? nil : []))
        }
    }

    @Test func `a peer's reset is told by reading and by writing, never by a signal`() throws {
        for writes in [true, false] {
            let near = try resetByPeer()
            var stream = Stream(owning: near, bound: 1 << 20)
            let ending = writes ? send(&stream, [1, 2, 3]) : stream.receive(into: scratch, limit: 10).ending
            let expected = [EPIPE, ECONNRESET].map { Stream.Ending.reset(SystemError(-Int($0))) }
            #expect(expected.contains { $0 == ending })
        }
    }

    /// Our end of a connection whose peer has reset it; the reset has arrived.
    private func resetByPeer() throws -> Int32 {
        let near: Int32
        do {
            let ends = try overTCP()
            ends.peer.resetOnClose()
            near = ends.near
        }
        try #require(becomesReadable(near))
        return near
    }

    private func becomesReadable(_ descriptor: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 20_000) == 1
    }

    @Test func `a plain stream is quiet until its peer says something, ends or resets`() throws {
        let (near, peer) = pair()
        var stream = Stream(owning: near, bound: 1 << 20)
        let first = stream.peekIsQuiet()
        peer.send([1])
        let spoken = stream.peekIsQuiet()
        // Looking takes nothing.
        #expect(first && !spoken && stream.receive(into: scratch, limit: 10).count == 1)
        let again = stream.peekIsQuiet()
        peer.endSending()
        let ended = stream.peekIsQuiet()
        #expect(again && !ended)
        let reset = Stream(owning: try resetByPeer(), bound: 1 << 20).peekIsQuiet()
        let none = Stream().peekIsQuiet()
        #expect(!reset && !none)
    }

    @Test func `no stream is not open and holds nothing`() {
        var stream = Stream()
        stream.close()
        #expect(!stream.isOpen && stream.backlog.isEmpty && !stream.isEncrypted && stream.end(scratch: scratch) == nil)
    }
}
