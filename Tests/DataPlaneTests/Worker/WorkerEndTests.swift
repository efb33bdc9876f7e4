import Support
import Testing

@testable import DataPlane

@Suite("The end of a worker")
struct WorkerEndTests {
    @Test("nothing of it is left, although its drivers hold it")
    func nothingLeft() throws {
        let backend = try RawBackend(RawBackend.echo)
        weak var worker: Worker?
        weak var session: SessionDriver?
        do {
            let proxy = try WorkerOnThread(backend: backend.port, maxTLSHandshakes: 0)
            let client = try #require(RawSocket.connected(port: proxy.plainPort))
            client.send(Array(ProxyUnderTest.request.utf8))
            #expect(proxy.turn { proxy.worker.handle.tunnels.load(ordering: .relaxed) == 1 })
            worker = proxy.worker
            session = proxy.worker.sessions.values.first
            #expect(worker != nil && session != nil)
        }
        #expect(worker == nil && session == nil)
    }
}
