import Glibc
import Support
import Testing

@testable import DataPlane

/// Requests that wait for a place, over real sockets.
@Suite(.serialized) struct QueueTests {
    /// A client that has asked for a tunnel and not looked at the answer.
    private func asking(_ proxy: ProxyUnderTest, _ request: String = ProxyUnderTest.request) throws -> RawSocket {
        let socket = try #require(RawSocket.connected(port: proxy.port))
        socket.send(Array(request.utf8))
        return socket
    }

    private func head(_ socket: RawSocket) -> String { socket.receive(through: "\r\n\r\n") }

    @Test func `who comes to a full backend waits, and has its tunnel when another ends`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try ProxyUnderTest(backends: [backend.port], options: ", max_connections: 1", extra: "    queue: { timeout: 1m }")
        let (first, answer) = try proxy.upgrade()
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
        let second = try asking(proxy)
        #expect(eventually { proxy.pool.places.waiting == 1 } && backend.connections == 1)
        first.endSending()
        #expect(head(second).hasPrefix("HTTP/1.1 101 ") && proxy.pool.places.waiting == 0)
        #expect(proxy.live(0) == 1 && proxy.pool.places.used == 1 && proxy.pool.queueWaits.counts.reduce(0, +) == 1)
        second.endSending()
        #expect(eventually { proxy.group.connections == 0 } && proxy.pool.places.used == 0 && proxy.live(0) == 0)
    }

    @Test func `those who wait are served in the order they came, whichever worker holds them`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try ProxyUnderTest(backends: [backend.port], extra: "    max_connections: 2\n    queue: { timeout: 1m }")
        var served = try [proxy.upgrade().socket, proxy.upgrade().socket]
        var waiting: [RawSocket] = []
        for count in 1...12 {
            waiting.append(try asking(proxy))
            #expect(eventually { proxy.pool.places.waiting == count })
        }
        for left in (0..<12).reversed() {
            served.removeFirst().endSending()
            let next = waiting.removeFirst()
            #expect(head(next).hasPrefix("HTTP/1.1 101 "))
            #expect(proxy.pool.places.waiting == left && proxy.pool.places.used <= 2)
            served.append(next)
        }
        #expect(proxy.registry.process.limitHits(.poolMaxConnections) == 12)
    }

    @Test func `many at once are all served, and nothing stays taken`() throws {
        let pair = [try RawBackend(RawBackend.echo), try RawBackend(RawBackend.echo)]
        let proxy = try ProxyUnderTest(
            backends: pair.map(\.port), options: ", max_connections: 3", extra: "    queue: { timeout: 1m }")
        var open = try (0..<60).map { _ in try asking(proxy) }
        while !open.isEmpty {
            let index = try #require(Self.answered(open))
            let client = open.remove(at: index)
            #expect(head(client).hasPrefix("HTTP/1.1 101 "))
            client.endSending()
        }
        #expect(eventually { proxy.group.connections == 0 } && proxy.pool.places.used == 0 && proxy.pool.places.waiting == 0)
        #expect(proxy.live(0) + proxy.live(1) == 0 && proxy.tunnels(0).total + proxy.tunnels(1).total == 60)
    }

    private static func hasAnswer(_ socket: RawSocket) -> Bool {
        var byte: UInt8 = 0
        return recv(socket.descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 1
    }

    /// Which of them has an answer, as soon as one has.
    private static func answered(_ sockets: [RawSocket]) -> Int? {
        var found: Int?
        _ = eventually {
            found = sockets.firstIndex { hasAnswer($0) }
            return found != nil
        }
        return found
    }

    @Test func `who waits in vain gets 503 with Retry-After when the time is over`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try ProxyUnderTest(backends: [backend.port], options: ", max_connections: 1", extra: "    queue: { timeout: 50ms }")
        let (first, _) = try proxy.upgrade()
        let answer = head(try asking(proxy))
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.lowercased().contains("retry-after: "))
        #expect(proxy.registry.route("all").upgradeFailures(.queueTimeout) == 1 && proxy.pool.places.waiting == 0)
        #expect(proxy.live(0) == 1 && Self.hasAnswer(first) == false)
    }

    @Test func `the queue is bounded over all workers`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try ProxyUnderTest(
            backends: [backend.port], options: ", max_connections: 1", extra: "    queue: { size: 2, timeout: 1m }")
        let (first, _) = try proxy.upgrade()
        let waiting = try [asking(proxy), asking(proxy)]
        #expect(eventually { proxy.pool.places.waiting == 2 })
        #expect(head(try asking(proxy)).hasPrefix("HTTP/1.1 503 "))
        #expect(proxy.registry.route("all").upgradeFailures(.queueFull) == 1 && proxy.pool.places.waiting == 2)
        first.endSending()
        #expect(eventually { waiting.contains { Self.hasAnswer($0) } })
    }

    @Test func `a client that leaves while it waits makes room in the queue and takes no place`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try ProxyUnderTest(
            backends: [backend.port], options: ", max_connections: 1", extra: "    queue: { size: 1, timeout: 1m }")
        let (first, _) = try proxy.upgrade()
        let leaving = try asking(proxy)
        #expect(eventually { proxy.pool.places.waiting == 1 })
        leaving.endSending()
        #expect(eventually { proxy.pool.places.waiting == 0 })
        let patient = try asking(proxy)
        #expect(eventually { proxy.pool.places.waiting == 1 })
        first.endSending()
        #expect(head(patient).hasPrefix("HTTP/1.1 101 ") && backend.connections == 2)
    }

    @Test func `a full pool without a queue refuses at once, under its own name`() throws {
        let pair = [try RawBackend(RawBackend.echo), try RawBackend(RawBackend.echo)]
        let proxy = try ProxyUnderTest(backends: pair.map(\.port), extra: "    max_connections: 1")
        let (first, _) = try proxy.upgrade()
        #expect(try proxy.upgrade().head.hasPrefix("HTTP/1.1 503 "))
        #expect(proxy.registry.route("all").upgradeFailures(.poolFull) == 1 && proxy.pool.places.used == 1)
        first.endSending()
        #expect(eventually { proxy.pool.places.used == 0 })
        #expect(try proxy.upgrade().head.hasPrefix("HTTP/1.1 101 "))
    }

    @Test func `a drain refuses upgrades that wait`() throws {
        let backend = try RawBackend(RawBackend.echo)
        let proxy = try ProxyUnderTest(backends: [backend.port], options: ", max_connections: 1", extra: "    queue: { timeout: 1m }")
        let (first, _) = try proxy.upgrade()
        let waiting = try asking(proxy)
        #expect(eventually { proxy.pool.places.waiting == 1 })
        proxy.group.drain(period: .seconds(60))
        // Counters move just behind an answer.
        #expect(head(waiting).hasPrefix("HTTP/1.1 503 ") && eventually { proxy.pool.places.waiting == 0 })
        #expect(eventually { proxy.registry.route("all").upgradeFailures(.draining) == 1 })
        first.endSending()
    }

    @Test func `plain requests wait as upgrades do`() throws {
        let backend = try RawBackend { socket in
            _ = socket.receive(through: "\r\n\r\n")
            socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".utf8))
            while let bytes = socket.receive(), !bytes.isEmpty {}
        }
        let proxy = try ProxyUnderTest(
            backends: [backend.port], options: ", max_connections: 1", extra: "    keep_alive: off\n    queue: { timeout: 1m }")
        let clients = try (0..<20).map { _ in
            let socket = try #require(RawSocket.connected(port: proxy.port))
            socket.send(Array("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
            return socket
        }
        for client in clients { #expect(head(client).hasPrefix("HTTP/1.1 200 ")) }
        #expect(eventually { proxy.pool.places.used == 0 } && proxy.pool.places.waiting == 0)
    }

    @Test(arguments: [1, 3, 80])
    func `a connection that is kept serves plain requests, though those who came before them wait for a dial`(upgrades: Int) throws {
        let deaf = RawSocket.listening()
        listen(deaf.descriptor, 0)
        let proxy = try ProxyUnderTest(
            backends: [deaf.port], extra: "    max_dials: 1\n    queue: { timeout: 1m }\ntimeouts: { connect: 1m, handshake: 1m }")
        let condition = proxy.registry.condition(pool: "pool", label: "127.0.0.1:\(deaf.port)")
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        var plain = [try asking(proxy, request)]
        let served = try #require(deaf.accepted())
        #expect(served.receive(through: "\r\n\r\n").hasPrefix("GET "))
        // From here on dials hang.
        let filler = try #require(RawSocket.connected(port: deaf.port))
        var waiting = [try asking(proxy)]
        #expect(eventually { condition.dialsInFlight == 1 })
        for count in 1...upgrades {
            waiting.append(try asking(proxy))
            #expect(eventually { proxy.pool.places.waiting == count })
        }
        for count in 1...6 {
            plain.append(try asking(proxy, request))
            #expect(eventually { proxy.pool.places.waiting == upgrades + count })
        }
        // Those on the worker that keeps the connection use it one after the other.
        for left in [5, 4] {
            served.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".utf8))
            guard eventually({ Self.hasAnswer(served) }) else { return #expect(Bool(false), "\(left + 1) wait on") }
            #expect(served.receive(through: "\r\n\r\n").hasPrefix("GET "))
            #expect(eventually { proxy.pool.places.waiting == upgrades + left } && condition.dialsInFlight == 1)
        }
        #expect(waiting.allSatisfy { !Self.hasAnswer($0) } && filler.port != 0)
    }

    @Test func `one dial at a time: the next waits until the first is over`() throws {
        // A listener whose queue is full answers no more: a dial to it hangs until somebody accepts.
        let deaf = RawSocket.listening()
        listen(deaf.descriptor, 0)
        let filler = try #require(RawSocket.connected(port: deaf.port))
        let proxy = try ProxyUnderTest(backends: [deaf.port], extra: "    max_dials: 1\n    queue: { timeout: 1m }")
        let condition = proxy.registry.condition(pool: "pool", label: "127.0.0.1:\(deaf.port)")
        let first = try asking(proxy)
        #expect(eventually { condition.dialsInFlight == 1 })
        let second = try asking(proxy)
        #expect(eventually { proxy.pool.places.waiting == 1 } && condition.dialsInFlight == 1 && proxy.live(0) == 1)
        let process = proxy.registry.process
        #expect(process.limitHits(.maxDials) == 1 && process.limitHits(.backendMaxConnections) == 0)
        // A client that goes ends its dial: the other's begins.
        first.endSending()
        #expect(eventually { proxy.pool.places.waiting == 0 && condition.dialsInFlight == 1 })
        second.endSending()
        #expect(eventually { condition.dialsInFlight == 0 && proxy.pool.places.used == 0 } && filler.port != 0)
    }
}
