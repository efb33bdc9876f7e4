import Support
import Testing
import Transport

@testable import DataPlane

/// Pools with very many backends that are dead.
@Suite(.serialized) struct DeadBackendTests {
    private static let count = 400

    /// A pool of Unix sockets that are not there: each dial fails at once.
    private func proxy(_ extra: String = "") throws -> ProxyUnderTest {
        let nowhere = try SocketAddress(unixPath: "/nonexistent/dead.sock")
        return try ProxyUnderTest(backends: (1...UInt16(Self.count)).map { $0 }, extra: extra, at: nowhere)
    }

    @Test(arguments: ["", "    balance: least_connections\n    max_connections: 5\n    queue: { timeout: 1m }"])
    func `they are walked through in many turns of the loop, each of them once, and then the answer is 503`(extra: String) throws {
        let proxy = try proxy(extra)
        let before = proxy.group.heartbeats.reduce(0, +)
        let (_, head) = try proxy.upgrade()
        #expect(head.hasPrefix("HTTP/1.1 503 "))
        #expect(proxy.group.heartbeats.reduce(0, +) - before >= Self.count / 8)
        let failures = (0..<Self.count).map { proxy.failedDials($0) }
        #expect(failures.allSatisfy { $0 == 1 } && proxy.pool.places.used == 0)
    }

    @Test func `a client that leaves on the way ends it`() throws {
        let nowhere = try SocketAddress(unixPath: "/nonexistent/dead.sock")
        let proxy = try WorkerOnThread(backends: (1...UInt16(Self.count)).map { $0 }, at: nowhere)
        let clients = try (0..<20).map { _ in
            let socket = try #require(RawSocket.connected(port: proxy.plainPort))
            socket.send(Array(ProxyUnderTest.request.utf8))
            return socket
        }
        // Each has dialled in a few turns: far from all.
        #expect(proxy.turn { proxy.failedDials >= 20 * 16 } && proxy.worker.sessions.count == 20)
        let before = proxy.failedDials
        for client in clients { client.endSending() }
        #expect(proxy.turn { proxy.worker.sessions.isEmpty } && proxy.registry.pool("pool").places.used == 0)
        // What the one turn may have brought in which they were found gone.
        #expect(before < 20 * 64 && proxy.failedDials <= before + 20 * 16, "\(before) dials, then \(proxy.failedDials)")
    }
}
