import Glibc
import Support
import Testing

@testable import DataPlane

/// An open tunnel through a worker whose turns a test takes itself. The test is both of its ends: nobody else speaks or reads.
final class TunnelUnderTest {
    let client: RawSocket
    let backend: RawSocket
    let session: SessionDriver

    /// - Parameter listener: the worker's only backend, where nobody else accepts.
    init(through proxy: WorkerOnThread, to listener: RawSocket) throws {
        client = try #require(RawSocket.connected(port: proxy.plainPort))
        client.send(Array(ProxyUnderTest.request.utf8))
        func asking() -> SessionDriver? { proxy.worker.sessions.values.first { $0.current?.isAwaitingAnswer == true } }
        #expect(proxy.turn { asking() != nil })
        let session = try #require(asking())
        self.session = session
        backend = try #require(listener.accepted())
        _ = backend.receive(through: "\r\n\r\n")
        backend.send(Array(RawBackend.switching.utf8))
        #expect(proxy.turn { session.phase == .relaying })
        #expect(client.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
    }

    /// Returns when the worker's next turn will find something to read from the client; false if that does not come.
    func clientIsHeard() -> Bool {
        var asked = pollfd(fd: session.client.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&asked, 1, 20_000) == 1
    }
}
