import Glibc
import Support
import Testing
import Wire

@testable import Transport

@Suite struct DialerTests {
    private let folder: TestFolder
    private var path: String { folder.path + "/socket" }

    init() throws { folder = try TestFolder() }

    private func begun(_ outcome: Dialer.Outcome) -> Int32? {
        if case .begun(let descriptor) = outcome { descriptor } else { nil }
    }

    private func failure(_ outcome: Dialer.Outcome) -> SystemError? {
        switch outcome {
        case .failed(let error): return error
        case .begun(let descriptor):
            close(descriptor)
            return nil
        }
    }

    @Test func `a Unix socket is dialled, and what is said arrives`() throws {
        let listener = try ListeningSocket(binding: .unix(path: path))
        let descriptor = try #require(begun(Dialer.dial(SocketAddress(unixPath: path))))
        let near = RawSocket(owning: descriptor)
        #expect(Dialer.result(of: descriptor) == nil)
        guard case .accepted(let accepted, let peer) = Acceptor.accept(listener) else {
            Issue.record("nothing arrived")
            return
        }
        let far = RawSocket(owning: accepted)
        #expect(peer.description == "unix:" && peer.ip == nil)
        near.send([1, 2, 3])
        #expect(far.receive() == [1, 2, 3])
    }

    @Test func `a Unix socket that is not there, and one that nobody serves any more, fail at once`() throws {
        let missing = try #require(failure(Dialer.dial(SocketAddress(unixPath: path))))
        #expect(missing.code == ENOENT && missing.label.description == "no_such_socket")
        let stale = RawSocket(owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        try bindHere(stale)
        let refused = try #require(failure(Dialer.dial(SocketAddress(unixPath: path))))
        #expect(refused.code == ECONNREFUSED && refused.label.description == "refused")
    }

    @Test func `a Unix socket whose queue is full refuses, so that another backend is tried`() throws {
        let listener = RawSocket(owning: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        try bindHere(listener)
        #expect(listen(listener.descriptor, 0) == 0)
        var waiting: [RawSocket] = []
        for _ in 0..<10 {
            let outcome = try Dialer.dial(SocketAddress(unixPath: path))
            if let descriptor = begun(outcome) {
                waiting.append(RawSocket(owning: descriptor))
                continue
            }
            let error = try #require(failure(outcome))
            #expect(error.code == EAGAIN && error.label.description == "refused" && !error.isShortage)
            break
        }
        #expect((1...9).contains(waiting.count))
    }

    @Test func `a TCP port is dialled, and the connection's fate is told when it is writable`() throws {
        let listener = RawSocket.listening()
        let loopback = IPAddress(v4: 0x7F00_0001)
        let descriptor = try #require(begun(Dialer.dial(SocketAddress(loopback, port: listener.port))))
        let near = RawSocket(owning: descriptor)
        #expect(becomesWritable(near) && Dialer.result(of: descriptor) == nil)

        let port = listener.port
        listener.stop()
        switch try Dialer.dial(SocketAddress(loopback, port: port)) {
        case .failed(let error): #expect(error.code == ECONNREFUSED)
        case .begun(let refused):
            let socket = RawSocket(owning: refused)
            #expect(becomesWritable(socket) && Dialer.result(of: refused)?.code == ECONNREFUSED)
        }
    }

    @Test func `within this machine a dial stands when it has begun, and one that is refused never does`() throws {
        let listener = RawSocket.listening()
        let tcp = try SocketAddress(IPAddress(v4: 0x7F00_0001), port: listener.port)
        let near = RawSocket(owning: try #require(begun(Dialer.dial(tcp))))
        #expect(Dialer.stands(near.descriptor, at: tcp))
        // Elsewhere nobody is asked: the event tells.
        #expect(try !Dialer.stands(near.descriptor, at: SocketAddress(IPAddress(v4: 0xC000_0201), port: 80)))

        let local = try ListeningSocket(binding: .unix(path: path))
        let unix = try SocketAddress(unixPath: path)
        let neighbour = RawSocket(owning: try #require(begun(Dialer.dial(unix))))
        #expect(Dialer.stands(neighbour.descriptor, at: unix))
        withExtendedLifetime(local) {}

        listener.stop()
        if let refused = begun(Dialer.dial(tcp)) {
            let socket = RawSocket(owning: refused)
            #expect(becomesWritable(socket) && !Dialer.stands(refused, at: tcp))
        }
    }

    private func becomesWritable(_ socket: RawSocket) -> Bool {
        var waiting = pollfd(fd: socket.descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&waiting, 1, 20_000) == 1
    }

    private func bindHere(_ socket: RawSocket) throws {
        var address = try SocketAddress(unixPath: path).raw
        let length = address.length
        let result = withUnsafePointer(to: &address.storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket.descriptor, $0, length) }
        }
        #expect(result == 0)
    }
}
