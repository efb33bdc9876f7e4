import Glibc
import Support
import Testing
import Wire

@testable import Transport

@Suite struct ListeningSocketTests {
    private let loopback = IPAddress(bytes: [127, 0, 0, 1])

    /// A name for a socket that no other test uses.
    private func path(_ name: String) -> String { "/tmp/tidegate-test-\(getpid())-\(name)" }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private func place(port: UInt16 = 0) throws -> ListeningSocket.Place { .ip(try #require(loopback), port: port) }

    /// Accepts until something else than an empty queue is told.
    private func accept(_ listener: ListeningSocket) -> Acceptor.Outcome {
        var last = Acceptor.Outcome.empty
        for _ in 0..<5000 {
            last = Acceptor.accept(listener)
            guard case .empty = last else { return last }
            poll(nil, 0, 1)
        }
        return last
    }

    @Test func `a port chosen by the kernel is told, and whoever connects is accepted with its address`() throws {
        let listener = try ListeningSocket(binding: place())
        guard case .empty = Acceptor.accept(listener) else { return #expect(Bool(false), "nobody has come yet") }
        let client = try #require(RawSocket.connected(port: listener.boundPort))
        guard case .accepted(let descriptor, let peer) = accept(listener) else { return #expect(Bool(false), "nothing accepted") }
        let near = RawSocket(owning: descriptor)
        #expect(peer.ip == loopback && peer.port == client.port)
        #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0 && fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        near.send([1])
        #expect(client.receive() == [1])
    }

    @Test func `who is accepted has what the listener was told: small packets at once, and a look whether the peer still lives`() throws {
        let own = try ListeningSocket(binding: place())
        let lent = RawSocket.listening()
        let inherited = try ListeningSocket(inheriting: dup(lent.descriptor), name: "lent")
        for (listener, port) in [(own, own.boundPort), (inherited, lent.port)] {
            let client = try #require(RawSocket.connected(port: port))
            guard case .accepted(let descriptor, _) = accept(listener) else { return #expect(Bool(false), "nothing accepted") }
            let near = RawSocket(owning: descriptor)
            #expect(option(near, Int32(IPPROTO_TCP), TCP_NODELAY) == 1 && option(near, SOL_SOCKET, SO_KEEPALIVE) == 1)
            #expect(option(near, Int32(IPPROTO_TCP), TCP_KEEPIDLE) == 60 && option(near, Int32(IPPROTO_TCP), TCP_KEEPINTVL) == 15)
            #expect(option(near, Int32(IPPROTO_TCP), TCP_KEEPCNT) == 4)
            withExtendedLifetime(client) {}
        }
    }

    private func option(_ socket: RawSocket, _ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket.descriptor, level, name, &value, &length)
        return value
    }

    @Test func `a port in use is refused, and free again once the socket is gone`() throws {
        var first: ListeningSocket? = try ListeningSocket(binding: place())
        let port = first?.boundPort ?? 0
        #expect(throws: SystemError(-Int(EADDRINUSE))) { try ListeningSocket(binding: place(port: port)) }
        first = nil
        #expect(throws: Never.self) { try ListeningSocket(binding: place(port: port)) }
    }

    @Test func `a Unix socket that a dead process left is replaced, a live one is not`() throws {
        let path = path("stale")
        unlink(path)
        let address = try SocketAddress(unixPath: path)
        do {
            // Bound and closed without unlink: what a killed process leaves.
            let dead = try ListeningSocket(binding: .unix(path: path))
            rename(path, path + ".kept")
            _ = dead
        }
        rename(path + ".kept", path)
        #expect(exists(path))
        var live: ListeningSocket? = try ListeningSocket(binding: .unix(path: path))
        #expect(throws: SystemError(-Int(EADDRINUSE))) { try ListeningSocket(binding: .unix(path: path)) }
        guard case .begun(let descriptor) = Dialer.dial(address) else { return #expect(Bool(false), "the live one does not answer") }
        close(descriptor)
        #expect(live != nil)
        live = nil
        #expect(!exists(path))
    }

    @Test func `a socket that goes does not take its successor's file with it`() throws {
        let path = path("successor")
        unlink(path)
        var old: ListeningSocket? = try ListeningSocket(binding: .unix(path: path))
        old?.stopListening()
        let new = try ListeningSocket(binding: .unix(path: path))
        #expect(old != nil)
        old = nil
        #expect(exists(path) && new.descriptor >= 0)
    }

    @Test func `a file that is no socket is not removed`() throws {
        let path = path("file")
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        defer { unlink(path) }
        #expect(throws: SystemError(-Int(EADDRINUSE))) { try ListeningSocket(binding: .unix(path: path)) }
        #expect(exists(path))
    }

    @Test func `a path too long for the kernel is refused`() {
        let path = "/tmp/" + String(repeating: "x", count: 108)
        #expect(throws: SystemError(-Int(ENAMETOOLONG))) { try ListeningSocket(binding: .unix(path: path)) }
    }

    @Test func `a stopped listener refuses newcomers and tells its workers that the queue is empty`() throws {
        let listener = try ListeningSocket(binding: place())
        let port = listener.boundPort
        listener.stopListening()
        guard case .empty = Acceptor.accept(listener) else { return #expect(Bool(false), "a stopped listener is no fault") }
        #expect(RawSocket.connected(port: port) == nil)
    }

    @Test func `who waits in the queue when arrivals stop can still be accepted`() throws {
        let listener = try ListeningSocket(binding: place())
        let client = try #require(RawSocket.connected(port: listener.boundPort))
        listener.stopArrivals()
        guard case .accepted(let descriptor, _) = accept(listener) else { return #expect(Bool(false), "it was dropped") }
        let near = RawSocket(owning: descriptor)
        near.send([5])
        #expect(client.receive() == [5])
        client.send([6])
        _ = fcntl(near.descriptor, F_SETFL, 0)
        #expect(near.receive() == [6])
    }

    @Test func `a dial to nobody is refused, at once or when decided`() throws {
        let gone = RawSocket.listening()
        let port = gone.port
        shutdown(gone.descriptor, Int32(SHUT_RDWR))
        switch Dialer.dial(try SocketAddress(try #require(loopback), port: port)) {
        case .failed(let error): #expect(error.label.description == "refused")
        case .begun(let descriptor):
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            #expect(poll(&waiting, 1, 10_000) == 1)
            #expect(Dialer.result(of: descriptor)?.label.description == "refused")
            close(descriptor)
        }
    }

    @Test func `an inherited socket outlives its place in our hands only as a descriptor`() throws {
        let path = path("inherited")
        unlink(path)
        let lent = try ListeningSocket(binding: .unix(path: path))
        do {
            let taken = try ListeningSocket(inheriting: dup(lent.descriptor), name: "web")
            taken.stopArrivals()
            taken.stopListening()
            #expect(taken.place.description == "systemd:web")
        }
        #expect(exists(path))
        guard case .begun(let descriptor) = Dialer.dial(try SocketAddress(unixPath: path)) else {
            return #expect(Bool(false), "the lender's socket no longer listens")
        }
        close(descriptor)
    }
}
