import Glibc
import Support
import TLS
import Testing

@testable import Transport

/// Both sides of TLS over real sockets, driven by one thread as a worker would.
@Suite struct EncryptedStreamTests {
    private let scratch = Scratch(capacity: 64 * 1024)
    private let folder: TestFolder
    private let server: ServerContext
    private let identity: BackendIdentity

    init() throws {
        folder = try TestFolder()
        let files = try SelfSignedCertificate.write(names: ["voice.internal"], into: folder.path)
        server = try ServerContext(certificates: [files], minimumVersion: .tls12, tickets: TicketKeys())
        let client = try ClientContext(ClientOptions(authorities: files.certificate))
        identity = BackendIdentity(context: client, name: "voice.internal")
    }

    /// Two streams in one box, since a tuple cannot hold what cannot be copied.
    private final class Connection {
        var near: Stream
        var far: Stream
        let scratch: Scratch

        init(near: consuming Stream, far: consuming Stream, scratch: Scratch) {
            self.near = near
            self.far = far
            self.scratch = scratch
        }

        var nearIsQuiet: Bool { near.peekIsQuiet() }
        var nearIsEstablished: Bool { near.engine?.pointee.isHandshakeComplete ?? true }
        var farIsEstablished: Bool { far.engine?.pointee.isHandshakeComplete ?? true }
        func negotiated() -> Stream.Negotiated? { near.negotiated() }

        /// How the near side's handshake ends; nil when it is still under way.
        func shakeHands() -> Result<Void, Failed>? {
            var received = Stream.Received()
            var last = near.beginHandshake(scratch: scratch)
            for _ in 0..<4 {
                if case .failed(let ending) = last { return .failure(Failed(ending: ending)) }
                if !farIsEstablished { _ = far.handshake(into: scratch, received: &received) }
                if case .complete = last { return .success(()) }
                last = near.handshake(into: scratch, received: &received)
            }
            return nil
        }

        func sendFar(_ bytes: [UInt8]) -> Stream.Ending? { bytes.withUnsafeBytes { far.send($0, scratch: scratch) } }
        func sendNear(_ bytes: [UInt8]) -> Stream.Ending? { bytes.withUnsafeBytes { near.send($0, scratch: scratch) } }

        func receiveNear(limit: Int) -> (bytes: [UInt8], received: Stream.Received) {
            let received = near.receive(into: scratch, limit: limit)
            return (Array(UnsafeRawBufferPointer(start: scratch.plain, count: received.count)), received)
        }

        func receiveFar(limit: Int) -> (bytes: [UInt8], received: Stream.Received) {
            let received = far.receive(into: scratch, limit: limit)
            return (Array(UnsafeRawBufferPointer(start: scratch.plain, count: received.count)), received)
        }
    }

    private struct Failed: Error { let ending: Stream.Ending }

    private func connection(_ identity: BackendIdentity? = nil) -> Connection {
        let (near, far) = RawSocket.pair()
        return Connection(
            near: .dialing(near.handOver(), identity: identity ?? self.identity, scratch: scratch, bound: 1 << 20),
            far: .serving(far.handOver(), context: server, scratch: scratch, bound: 1 << 20), scratch: scratch)
    }

    /// A connection after its handshake.
    private func connected() throws -> Connection {
        let connection = connection()
        try #require(connection.shakeHands()).get()
        return connection
    }

    /// Our end and a peer that speaks as it likes.
    private func dialled() -> (Connection, RawSocket) {
        let (near, far) = RawSocket.pair()
        let stream = Stream.dialing(near.handOver(), identity: identity, scratch: scratch, bound: 1 << 20)
        return (Connection(near: stream, far: Stream(), scratch: scratch), far)
    }

    @Test func `a stream dials, bytes pass both ways, and the second connection resumes the first`() throws {
        for isResumed in [false, true] {
            let connection = try connected()
            #expect(connection.nearIsEstablished && connection.farIsEstablished)
            let negotiated = try #require(connection.negotiated())
            #expect(negotiated.version.description == "TLSv1.3" && negotiated.isResumed == isResumed)
            #expect(connection.sendNear([1, 2, 3]) == nil)
            #expect(connection.receiveFar(limit: 1000).bytes == [1, 2, 3])
            #expect(connection.sendFar([4, 5]) == nil)
            #expect(connection.receiveNear(limit: 1000).bytes == [4, 5])
        }
    }

    @Test func `a server's ticket travels with its first words, in one send`() throws {
        let (near, far) = RawSocket.pair()
        let connection = Connection(
            near: .dialing(near.handOver(), identity: identity, scratch: scratch, bound: 1 << 20),
            far: .serving(far.handOver(), context: server, scratch: scratch, bound: 1 << 20), scratch: scratch)
        try #require(connection.shakeHands()).get()
        #expect(connection.nearIsQuiet)
        #expect(connection.sendFar([1, 2]) == nil)
        let bytes = try #require(near.receive())
        let records = Self.records(bytes)
        #expect(records.count == 2 && records.reduce(0, +) == bytes.count && records.first ?? 0 > 150)
    }

    @Test func `a server that says nothing but its end sends the ticket with that`() throws {
        let connection = try connected()
        #expect(connection.far.end(scratch: scratch, closes: true) == nil)
        connection.far.close()
        let received = connection.receiveNear(limit: 1000)
        #expect(received.bytes.isEmpty && received.received.ending == .fin)
    }

    /// The lengths of the TLS records in `bytes`, headers included.
    private static func records(_ bytes: [UInt8]) -> [Int] {
        var lengths: [Int] = []
        var start = 0
        while start + 5 <= bytes.count {
            lengths.append(5 + Int(bytes[start + 3]) << 8 + Int(bytes[start + 4]))
            start += lengths.last ?? 5
        }
        return lengths
    }

    @Test func `the server's certificate must be for the name that was dialled`() throws {
        let other = BackendIdentity(context: try ClientContext(identityOptions), name: "chat.internal")
        let connection = connection(other)
        guard case .failure(let failed) = connection.shakeHands() else {
            Issue.record("another's certificate was believed")
            return
        }
        #expect(failed.ending == .tls(.certificateNameMismatch))
        // Our alert reached the server, which has not yet been given what follows its own words.
        var received = Stream.Received()
        guard case .failed(let farEnding) = connection.far.handshake(into: scratch, received: &received) else {
            Issue.record("the server was not told")
            return
        }
        #expect(farEnding != .fin)
    }

    private var identityOptions: ClientOptions { ClientOptions(authorities: folder.path + "/certificate.pem") }

    @Test func `plain words of a backend end the handshake, and are no data (T17)`() throws {
        for isEarly in [false, true] {
            let (connection, peer) = dialled()
            if isEarly { peer.send(Array("HTTP/1.1 101 Switching Protocols\r\n\r\n".utf8)) }
            guard case .underway = connection.near.beginHandshake(scratch: scratch) else {
                Issue.record("no ClientHello was said")
                return
            }
            if !isEarly { peer.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) }
            var received = Stream.Received()
            guard case .failed(let ending) = connection.near.handshake(into: scratch, received: &received) else {
                Issue.record("plain words were taken for a handshake")
                return
            }
            #expect(ending == .tls(.notTLS) && received.count == 0 && !connection.nearIsEstablished)
            #expect(peer.receive()?.first == 22)
        }
    }

    @Test func `a backend that ends in the handshake is told apart from one that never spoke`() throws {
        let (connection, peer) = dialled()
        guard case .underway = connection.near.beginHandshake(scratch: scratch) else {
            Issue.record("no ClientHello was said")
            return
        }
        var received = Stream.Received()
        guard case .underway = connection.near.handshake(into: scratch, received: &received) else {
            Issue.record("silence was taken for an answer")
            return
        }
        peer.endSending()
        guard case .failed(let ending) = connection.near.handshake(into: scratch, received: &received) else {
            Issue.record("the end was not seen")
            return
        }
        #expect(ending == .tls(.unexpectedEOF))
    }

    @Test func `what another connection left in the scratch area is nobody's answer`() throws {
        // A server that fails leaves what came behind its fault unread.
        let (near, far) = RawSocket.pair()
        var failing = Stream.serving(near.handOver(), context: server, scratch: scratch, bound: 1 << 20)
        far.send([UInt8](repeating: 22, count: 5000))
        var received = Stream.Received()
        guard case .failed = failing.handshake(into: scratch, received: &received) else {
            Issue.record("the rubbish was taken")
            return
        }
        #expect(scratch.tls.input.count > 0)
        #expect(try connected().nearIsEstablished)
    }

    @Test func `a stream to a name that nobody can have is not open, and its socket is closed`() throws {
        let (near, far) = RawSocket.pair()
        let nobody = BackendIdentity(context: try ClientContext(identityOptions), name: "a..b")
        let descriptor = near.handOver()
        near.stop()
        let stream = Stream.dialing(descriptor, identity: nobody, scratch: scratch, bound: 1 << 20)
        let isOpen = stream.isOpen
        #expect(!isOpen && far.receive() == [])
    }

    @Test func `a plain stream has nothing to shake`() {
        let (near, _) = RawSocket.pair()
        var stream = Stream(owning: near.handOver(), bound: 1 << 20)
        guard case .complete = stream.beginHandshake(scratch: scratch) else {
            Issue.record("a plain stream said something")
            return
        }
        let isQuietOrEnded = stream.receive(into: scratch, limit: 10)
        #expect(isQuietOrEnded.count == 0)
    }

    @Test func `a read is full when the recv was, even where no record came whole`() throws {
        let connection = try connected()
        let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(connection.sendFar(bytes) == nil)
        let first = connection.receiveNear(limit: 10)
        #expect(first.bytes.isEmpty && first.received.isFull && first.received.ending == nil)
        var all: [UInt8] = []
        var isFull = true
        while isFull {
            let next = connection.receiveNear(limit: 20_000)
            #expect(next.received.ending == nil)
            all += next.bytes
            isFull = next.received.isFull
        }
        #expect(all == bytes)
        #expect(!connection.receiveNear(limit: 20_000).received.isFull)
    }

    @Test func `an encrypted stream is quiet between its handshake and the next thing said`() throws {
        let connection = connection()
        #expect(!connection.nearIsQuiet)
        try #require(connection.shakeHands()).get()
        #expect(connection.nearIsQuiet)
        #expect(connection.sendFar([1]) == nil)
        #expect(!connection.nearIsQuiet)
        #expect(connection.receiveNear(limit: 1000).bytes == [1] && connection.nearIsQuiet)
        #expect(connection.far.end(scratch: scratch) == nil)
        #expect(!connection.nearIsQuiet)
        #expect(connection.receiveNear(limit: 100).received.ending == .fin)
        #expect(!connection.nearIsQuiet)
    }
}
