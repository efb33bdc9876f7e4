import Support
import Testing
import Transport

@testable import DataPlane

/// TLS handshakes with clients: how many, and after whom.
@Suite(.serialized) struct HandshakeTests {
    private let scratch = Scratch(capacity: 64 * 1024)

    @Test func `in a turn with forty handshakes due a tunnel's bytes pass, and four handshakes go a step`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try WorkerOnThread(backend: backend.port, maxTLSHandshakes: 0)
        let client = try #require(RawSocket.connected(port: proxy.plainPort))
        client.send(Array(ProxyUnderTest.request.utf8))
        #expect(proxy.turn { proxy.worker.handle.tunnels.load(ordering: .relaxed) == 1 })
        #expect(client.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))

        let hellos = try (0..<40).map { _ in try HelloClient(port: proxy.tlsPort, identity: proxy.identity, scratch: scratch) }
        // Those are accepted whose words have not been heard.
        #expect(proxy.turn { proxy.secured == 40 })
        let before = hellos.count { $0.isAnswered }
        let frame = TestFrame.text("still there", masked: true).bytes
        client.send(frame)
        let bytes = proxy.registry.pool("pool").bytes(.toBackend)
        proxy.worker.turn()
        #expect(proxy.registry.pool("pool").bytes(.toBackend) == bytes + UInt64(frame.count))
        #expect(hellos.count { $0.isAnswered } == before + 4)
        // All get their turn.
        var turns = 0
        while hellos.contains(where: { !$0.isAnswered }), turns < 40 {
            proxy.worker.turn()
            turns += 1
        }
        #expect(hellos.allSatisfy { $0.isAnswered } && turns >= 8 && proxy.handshakes == 40)
        #expect(client.receive(exactly: frame.count) == frame)
    }

    @Test func `past the bound others wait in the listener's queue, and come when one is over`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try WorkerOnThread(backend: backend.port, maxTLSHandshakes: 3)
        var waiting: [RawSocket] = []
        for _ in 0..<3 { waiting.append(try beginning(proxy)) }
        #expect(proxy.turn { proxy.handshakes == 3 } && proxy.secured == 3 && proxy.worker.handshakes.isShut)
        #expect(proxy.registry.process.limitHits(.maxTLSHandshakes) == 1)
        waiting.append(try beginning(proxy))
        // A plain listener is open all the while, and with TLS nobody comes in meanwhile.
        let plain = try #require(RawSocket.connected(port: proxy.plainPort))
        #expect(proxy.turn { proxy.worker.sessions.count == 4 } && proxy.secured == 3)
        plain.endSending()
        // The first leaves; the one in the queue takes its place.
        let first = waiting.removeFirst()
        first.endSending()
        #expect(proxy.turn { proxy.registry.listener("secure").total == 4 && proxy.handshakes == 3 })
        #expect(proxy.secured == 3)
    }

    /// A client with the first byte of a handshake.
    private func beginning(_ proxy: WorkerOnThread) throws -> RawSocket {
        let socket = try #require(RawSocket.connected(port: proxy.tlsPort))
        socket.send([22])
        return socket
    }

    @Test func `who says nothing is no handshake, and when all begin at once no more go on than may`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try WorkerOnThread(backend: backend.port, maxTLSHandshakes: 3)
        let silent = try (0..<8).map { _ in try #require(RawSocket.connected(port: proxy.tlsPort)) }
        #expect(proxy.turn { proxy.secured == 8 } && proxy.handshakes == 0 && !proxy.worker.handshakes.isShut)
        let hello = try HelloClient(port: proxy.tlsPort, identity: proxy.identity, scratch: scratch)
        #expect(proxy.turn { hello.isAnswered } && proxy.handshakes == 1)
        // Two more find room; the other six are held in the order they came, and nobody listens to them.
        for socket in silent { socket.send([22]) }
        #expect(proxy.turn { proxy.handshakes == 3 && proxy.worker.handshakes.isShut })
        #expect(proxy.worker.sessions.values.count { $0.phase == .tlsHeld } == 6 && proxy.secured == 9)
        for count in (0..<6).reversed() {
            let first = try #require(silent.first { socket in isHandshaking(socket, proxy) })
            first.stop()
            #expect(proxy.turn { proxy.worker.sessions.values.count { $0.phase == .tlsHeld } == count } && proxy.handshakes == 3)
        }
        #expect(proxy.worker.handshakes.isShut && !proxy.worker.handshakes.holdsAny)
        for socket in silent { socket.stop() }
        #expect(proxy.turn { proxy.secured == 1 } && proxy.handshakes == 1 && !proxy.worker.handshakes.isShut)
    }

    /// Whether this client's handshake is under way.
    private func isHandshaking(_ socket: RawSocket, _ proxy: WorkerOnThread) -> Bool {
        proxy.worker.sessions.values.contains { $0.phase == .tlsHandshake && $0.peer.port == socket.port }
    }

    @Test func `without a bound nobody waits, and at the end nothing is counted`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try WorkerOnThread(backend: backend.port, maxTLSHandshakes: 0)
        var clients: [RawSocket] = []
        for _ in 0..<100 { clients.append(try #require(RawSocket.connected(port: proxy.tlsPort))) }
        #expect(proxy.turn { proxy.secured == 100 } && !proxy.worker.handshakes.isShut)
        clients.removeAll()
        #expect(proxy.turn { proxy.worker.sessions.isEmpty } && proxy.handshakes == 0)
    }
}
