import Glibc
import Session
import Support
import Testing
import Transport
import Wire

@testable import ControlPlane

/// Checks that find nobody, or somebody late, and how they leave.
@Suite struct CheckDialingTests {
    private let bench: CheckBench
    private let folder: TemporaryFolder

    init() throws {
        bench = try CheckBench()
        folder = try TemporaryFolder()
    }

    /// A port on which nobody listens; taken until `keeper` goes.
    private func deadPort() throws -> (address: SocketAddress, keeper: RawSocket) {
        let keeper = RawSocket.listening()
        let address = try SocketAddress(IPAddress(v4: 0x7F00_0001), port: keeper.port)
        keeper.stop()
        return (address, keeper)
    }

    @Test func `a backend that accepts passes, and the connection is given back`() throws {
        let backend = try CheckBackend { _ in }
        let result = try bench.check([backend.address])
        #expect(result.outcome == .passed && result.detail.isEmpty && result.nanoseconds > 0)
        #expect(backend.haveEnded())
    }

    @Test func `a port on which nobody listens is refused`() throws {
        let (address, keeper) = try deadPort()
        let result = try bench.check([address], .plain)
        #expect(result.outcome == .failed(.refused) && result.detail == "Connection refused")
        withExtendedLifetime(keeper) {}
    }

    @Test func `no address at all is a failure`() throws {
        #expect(try bench.check([]).outcome == .failed(.unreachable))
    }

    @Test func `a backend whose queue is full has its time, and no more`() throws {
        let (listener, crowd) = RawSocket.overcrowded()
        let address = try SocketAddress(IPAddress(v4: 0x7F00_0001), port: listener.port)
        let result = try bench.check([address], timeout: CheckBench.second / 5)
        #expect(result.outcome == .failed(.timeout))
        #expect(result.nanoseconds >= CheckBench.second / 5 && result.nanoseconds < 15 * CheckBench.second)
        withExtendedLifetime(crowd) {}
    }

    @Test func `the next address is tried when one refuses, and when one hangs`() throws {
        let backend = try CheckBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let (dead, keeper) = try deadPort()
        #expect(try bench.check([dead, dead, backend.address], .plain).outcome == .passed)
        let (listener, crowd) = RawSocket.overcrowded()
        let hanging = try SocketAddress(IPAddress(v4: 0x7F00_0001), port: listener.port)
        let result = try bench.check([hanging, backend.address], .plain, timeout: 4 * CheckBench.second)
        #expect(result.outcome == .passed && result.nanoseconds >= 2 * CheckBench.second)
        #expect(backend.haveEnded(2))
        withExtendedLifetime((keeper, crowd)) {}
    }

    @Test func `a wrong answer is a verdict: no other address is asked`() throws {
        let wrong = try CheckBackend.answering("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n")
        let right = try CheckBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let result = try bench.check([wrong.address, right.address], .plain)
        #expect(result.outcome == .failed(.status) && result.detail == "status 500")
    }

    @Test func `a Unix socket is checked like any other`() throws {
        let path = folder.path + "/socket"
        let backend = try CheckBackend(.listening(path: path)) { socket in
            _ = socket.receive(through: "\r\n\r\n")
            socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready".utf8))
        }
        #expect(try bench.check([SocketAddress(unixPath: path)], .plain(body: "ready")).outcome == .passed)
        #expect(try bench.check([SocketAddress(unixPath: path)]).outcome == .passed)
        #expect(backend.haveEnded(2))
        #expect(try bench.check([SocketAddress(unixPath: path + "-missing")]).outcome == .failed(.refused))
    }

    @Test func `a Unix socket whose queue is full refuses`() throws {
        let path = folder.path + "/full"
        let listener = RawSocket.listening(path: path, backlog: 0)
        var outcomes: [CheckOutcome] = []
        // Each connection that passes stays in the queue, which nobody empties.
        for _ in 0..<10 where outcomes.last != .failed(.refused) {
            outcomes.append(try bench.check([SocketAddress(unixPath: path)]).outcome)
        }
        #expect(outcomes.count > 1 && outcomes.first == .passed && outcomes.last == .failed(.refused))
        withExtendedLifetime(listener) {}
    }

    @Test func `the PROXY protocol's header for nobody comes first`() throws {
        let header = ProxyHeaderWriter.v2(source: nil, destination: nil)
        let backend = try CheckBackend { socket in
            guard socket.receive(exactly: 16) == header else { return }
            guard socket.receive(through: "\r\n\r\n").hasPrefix("GET /healthz HTTP/1.1\r\n") else { return }
            socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))
        }
        #expect(try bench.check([backend.address], .plain, preface: header).outcome == .passed)
        #expect(header.count == 16 && header[12] == 0x20)
    }
}
