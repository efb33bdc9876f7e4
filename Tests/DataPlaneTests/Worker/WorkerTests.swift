import Support
import Testing

@testable import DataPlane

/// The loop with real sockets.
@Suite(.serialized) struct WorkerTests {
    @Test func `a tunnel opens, bytes pass both ways unchanged, and the counters agree`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try ProxyUnderTest(backends: [backend.port])
        let (client, head) = try proxy.upgrade()
        #expect(head.hasPrefix("HTTP/1.1 101 ") && head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        #expect(eventually { proxy.tunnels(0).active == 1 } && proxy.live(0) == 1 && proxy.group.tunnels == 1)
        var random = SeededRandom(seed: 2)
        var sent: [UInt8] = []
        for size in [0, 1, 125, 126, 5000, 70_000, 200_000] { sent += TestFrame(0x82, random.bytes(size), masked: true).bytes }
        for piece in random.pieces(sent, largest: 9000) {
            client.send(piece)
            #expect(client.receive(exactly: piece.count) == piece)
        }
        // The echo comes back masked, which no client accepts: that direction passes unread, and uncounted as messages.
        #expect(eventually { proxy.pool.bytes(.toBackend) == UInt64(sent.count) && proxy.pool.bytes(.toClient) == UInt64(sent.count) })
        #expect(proxy.pool.messages(.toBackend, .binary) == 7 && proxy.pool.messages(.toClient, .binary) == 0)
        client.endSending()
        #expect(client.receive() == [])
        #expect(eventually { proxy.group.connections == 0 && proxy.live(0) == 0 && proxy.tunnels(0).active == 0 })
        #expect(proxy.tunnels(0).total == 1 && proxy.pool.closes(.client).map(\.code) == ["1006"])
    }

    /// Serves a tunnel that says one thing, then reads until the client's Close, which it answers.
    @Sendable private static func polite(_ socket: RawSocket) {
        _ = socket.receive(through: "\r\n\r\n")
        socket.send(Array(RawBackend.switching.utf8) + TestFrame.text("welcome", masked: false).bytes)
        var bytes: [UInt8] = []
        while let more = socket.receive(), !more.isEmpty {
            bytes += more
            guard let close = TestFrame.parse(bytes).frames.first(where: { $0.opcode == 8 }) else { continue }
            socket.send(TestFrame.close(close.closeCode ?? 1000, masked: false).bytes)
            return
        }
    }

    @Test func `a drain closes each tunnel with 1012, the backend hears 1001, and then all is drained`() throws {
        let backend = try RawBackend(Self.polite)
        let proxy = try ProxyUnderTest(backends: [backend.port])
        let clients = try (0..<5).map { _ in try proxy.upgrade().socket }
        let welcome = TestFrame.text("welcome", masked: false).bytes
        for client in clients { #expect(client.receive(exactly: welcome.count) == welcome) }
        proxy.group.drain(period: .milliseconds(100))
        for client in clients {
            let close = client.receive(exactly: 19)
            #expect(TestFrame.parse(close).frames.map(\.closeCode) == [1012])
        }
        // Every client has heard its Close and none has answered: nothing may count as drained yet.
        #expect(!proxy.group.isDrained && proxy.group.tunnels == 5)
        for client in clients {
            client.send(TestFrame.close(1012, masked: true).bytes)
            #expect(client.receive() == [])
        }
        for client in clients { client.endSending() }
        #expect(eventually { proxy.group.isDrained } && proxy.group.connections == 0 && proxy.group.cutTunnels == 0)
        #expect(proxy.pool.closes(.proxy).map(\.code) == ["1012"] && proxy.pool.closes(.proxy).map(\.count) == [5])
        #expect(proxy.live(0) == 0 && RawSocket.connected(port: proxy.port) == nil)
    }

    @Test func `a backend that is full gives 503, and room again when a tunnel ends`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try ProxyUnderTest(backends: [backend.port], options: ", max_connections: 2")
        var held = try [proxy.upgrade(), proxy.upgrade()]
        #expect(held.allSatisfy { $0.head.hasPrefix("HTTP/1.1 101 ") })
        let refused = try proxy.upgrade()
        #expect(refused.head.hasPrefix("HTTP/1.1 503 ") && refused.head.lowercased().contains("retry-after: "))
        #expect(proxy.live(0) == 2 && backend.connections == 2)
        held.removeFirst()
        #expect(eventually { proxy.live(0) == 1 })
        #expect(try proxy.upgrade().head.hasPrefix("HTTP/1.1 101 "))
    }

    @Test func `after 200 tunnels and 200 refusals every live count is back at nothing`() throws {
        let good = try RawBackend(RawBackend.echo)
        let refusing = try RawBackend(RawBackend.refuse)
        let proxy = try ProxyUnderTest(backends: [good.port])
        let refuser = try ProxyUnderTest(backends: [refusing.port])
        for round in 0..<200 {
            let (client, head) = try proxy.upgrade()
            #expect(head.hasPrefix("HTTP/1.1 101 "))
            client.send(TestFrame.text("x", masked: true).bytes)
            // Every way to go: politely, by FIN, and by RST.
            if round % 3 == 0 { client.resetOnClose() }
            if round % 3 == 1 { client.send(TestFrame.close(1000, masked: true).bytes) }
            let (refused, answer) = try refuser.upgrade()
            #expect(answer.hasPrefix("HTTP/1.1 403 ") && refused.receive(exactly: 10) == Array("no".utf8))
        }
        #expect(proxy.tunnels(0).total == 200 && refuser.tunnels(0).total == 0)
        for one in [proxy, refuser] {
            #expect(eventually { one.group.connections == 0 }, "\(one.group.connections) connections are left")
            #expect(one.group.tunnels == 0 && one.live(0) == 0 && one.tunnels(0).active == 0 && one.listener.active == 0)
            #expect(one.listener.total == 200 && one.pool.buffered(.toBackend) == 0 && one.pool.buffered(.toClient) == 0)
        }
        #expect(refuser.registry.route("all").upgradeFailures(.backendRefused) == 200)
    }

    @Test func `a backend that nobody serves is a 503 for the client, and nothing stays behind`() throws {
        let gone = RawSocket.listening()
        let port = gone.port
        gone.stop()
        let proxy = try ProxyUnderTest(backends: [port])
        let (_, head) = try proxy.upgrade()
        #expect(head.hasPrefix("HTTP/1.1 503 ") && proxy.live(0) == 0)
        #expect(eventually { proxy.group.connections == 0 })
    }

    @Test func `a backend's close reaches a client whose bytes it no longer reads`() throws {
        let backend = try RawBackend { socket in
            _ = socket.receive(through: "\r\n\r\n")
            socket.send(Array(RawBackend.switching.utf8))
            _ = socket.receive(2)
            // Unread bytes make the kernel answer with RST behind the Close.
            socket.send(TestFrame.close(4321, masked: false).bytes)
        }
        let proxy = try ProxyUnderTest(backends: [backend.port])
        let (client, _) = try proxy.upgrade()
        client.send((0..<50).flatMap { _ in TestFrame.text("chat", masked: true).bytes })
        #expect(TestFrame.parse(client.receive(exactly: 4)).frames.map(\.closeCode) == [4321])
        client.endSending()
        #expect(eventually { proxy.pool.closes(.backend).map(\.code) == ["4321"] })
    }
}
