import Support
import Testing

@testable import DataPlane

/// A line as its worker sees it.
@Suite(.serialized) struct WaitingLineTests {
    /// A worker whose one backend is full, and who fills it.
    private let proxy: WorkerOnThread
    private let filling: RawSocket
    private let backend: RawBackend

    init() throws {
        backend = try RawBackend(RawBackend.echo)
        let proxy = try WorkerOnThread(backends: [backend.port], pool: ", max_connections: 1, queue: { timeout: 1m }")
        filling = try #require(RawSocket.connected(port: proxy.plainPort))
        filling.send(Array(ProxyUnderTest.request.utf8))
        #expect(proxy.turn { proxy.worker.handle.tunnels.load(ordering: .relaxed) == 1 })
        self.proxy = proxy
    }

    /// So many who come in one turn.
    private func asking(_ count: Int) throws -> [RawSocket] {
        try (0..<count).map { _ in
            let socket = try #require(RawSocket.connected(port: proxy.plainPort))
            socket.send(Array(ProxyUnderTest.request.utf8))
            return socket
        }
    }

    @Test func `who came in the same turn as the first has not looked with it`() throws {
        let places = proxy.registry.pool("pool").places
        let clients = try asking(3)
        #expect(proxy.turn { places.waiting == 3 })
        let line = try #require(proxy.worker.lines.all.first)
        let began = Set(line.all.compactMap { $0.current?.spot?.began.nanoseconds })
        let event = places.event
        line.mark.firstPassed(in: event)
        #expect(line.mark.waitsSince(in: event) == .max)
        // Who leaves from behind it changes nothing.
        line.all.last?.finish()
        #expect(line.mark.waitsSince(in: event) == .max && places.waiting == 2)
        line.first?.finish()
        #expect(began == [line.mark.waitsSince(in: event)] && places.waiting == 1)
        #expect(clients.count == 3 && filling.port != 0)
    }
}
