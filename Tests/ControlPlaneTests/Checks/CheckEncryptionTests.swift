import Glibc
import Session
import Support
import TLS
import Testing
import Transport

@testable import ControlPlane

/// Checks over TLS: whom they believe, and what they make of those they do not.
@Suite struct CheckEncryptionTests {
    private let bench: CheckBench
    private let folder: TemporaryFolder
    private let files: CertificateFiles
    private let server: ServerContext

    init() throws {
        bench = try CheckBench()
        folder = try TemporaryFolder()
        files = try SelfSignedCertificate.write(names: ["voice.internal"], into: folder.path)
        server = try ServerContext(certificates: [files], minimumVersion: .tls12, tickets: TicketKeys())
    }

    private func identity(_ name: String = "voice.internal", believing: Bool = true) throws -> BackendIdentity {
        let options = believing ? ClientOptions(authorities: files.certificate) : ClientOptions()
        return BackendIdentity(context: try ClientContext(options), name: name)
    }

    /// Serves TLS, and answers the first bytes with `answer`.
    private func backend(_ answer: String = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready") throws -> CheckBackend {
        try CheckBackend { [server] socket in
            let scratch = Scratch(capacity: 64 * 1024)
            var stream = Stream.serving(socket.handOver(), context: server, scratch: scratch, bound: 1 << 20)
            var received = Stream.Received()
            var step = Stream.Handshake.underway
            while case .underway = step {
                guard socket.isReadable() else { return }
                step = stream.handshake(into: scratch, received: &received)
            }
            guard case .complete = step else { return }
            while received.count == 0, received.ending == nil {
                guard socket.isReadable() else { return }
                received = stream.receive(into: scratch, limit: 4096)
            }
            if received.count > 0 { _ = Array(answer.utf8).withUnsafeBytes { stream.send($0, scratch: scratch) } }
            // The copy of the descriptor shares its mode.
            while received.ending == nil, socket.isReadable() { received = stream.receive(into: scratch, limit: 4096) }
            _ = fcntl(socket.descriptor, F_SETFL, fcntl(socket.descriptor, F_GETFL) & ~O_NONBLOCK)
        }
    }

    @Test func `a backend with the right certificate passes, for tcp and for a request`() throws {
        let backend = try backend()
        let identity = try identity()
        #expect(try bench.check([backend.address], identity: identity).outcome == .passed)
        // The second time with the session of the first.
        for _ in 0..<2 { #expect(try bench.check([backend.address], .plain(body: "ready"), identity: identity).outcome == .passed) }
        #expect(backend.haveEnded(3) && backend.orderlyEnds == 3)
    }

    @Test func `a certificate for somebody else, or from nobody we know, fails`() throws {
        let backend = try backend()
        let mismatch = try bench.check([backend.address], .plain, identity: identity("chat.internal"))
        #expect(mismatch.outcome == .failed(.tls) && mismatch.detail == "certificate_name_mismatch")
        let unknown = try bench.check([backend.address], .plain, identity: identity(believing: false))
        #expect(unknown.outcome == .failed(.tls) && unknown.detail == "certificate_unknown_authority")
        #expect(backend.haveEnded(2))
    }

    @Test func `a name that no certificate could be for fails before a word is said`() throws {
        let backend = try CheckBackend { _ in }
        let result = try bench.check([backend.address], identity: identity("no host"))
        #expect(result.outcome == .failed(.tls) && result.detail == "bad_server_name")
        #expect(backend.haveEnded())
    }

    @Test func `plain HTTP where TLS is expected fails, and so does silence`() throws {
        let plain = try CheckBackend { $0.send(Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8)) }
        let result = try bench.check([plain.address], .plain, identity: identity())
        #expect(result.outcome == .failed(.tls))
        #expect(["http_request", "not_tls"].contains(result.detail))
        let silent = try CheckBackend { _ in }
        let late = try bench.check([silent.address], .plain, identity: identity(), timeout: CheckBench.second / 5)
        #expect(late.outcome == .failed(.timeout) && late.detail == "no TLS handshake in time")
        let ending = try CheckBackend { $0.endSending() }
        #expect(try bench.check([ending.address], identity: identity()).outcome == .failed(.tls))
        #expect(plain.haveEnded() && silent.haveEnded() && ending.haveEnded())
    }

    @Test func `TLS where plain HTTP is expected fails`() throws {
        let backend = try backend()
        let result = try bench.check([backend.address], .plain)
        #expect(result.outcome == .failed(.badAnswer) || result.outcome == .failed(.closed))
        #expect(backend.haveEnded())
    }

    @Test func `a long body over TLS is cut like any other`() throws {
        let filling = String(repeating: "a", count: 100_000)
        let backend = try backend("HTTP/1.1 200 OK\r\nContent-Length: 100005\r\n\r\n\(filling)ready")
        #expect(try bench.check([backend.address], .plain(body: "ready"), identity: identity()).outcome == .failed(.body))
        #expect(try bench.check([backend.address], .plain(body: "aaa"), identity: identity()).outcome == .passed)
        #expect(backend.haveEnded(2))
    }
}

extension RawSocket {
    /// Waits 20 seconds at most for bytes, or an end.
    func isReadable() -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 20_000) == 1
    }
}
