import COpenSSL
import Testing

@testable import TLS

/// What a client's side reads and writes after its handshake.
@Suite struct ClientTransferTests {
    let folder: TestFolder
    let files: CertificateFiles
    let identity: BackendIdentity

    init() throws {
        folder = try TestFolder()
        let authority = try TestAuthority(folder)
        files = try authority.issue("DNS:voice.internal")
        identity = BackendIdentity(context: try ClientContext(ClientOptions(authorities: authority.file)), name: "voice.internal")
    }

    private func connected(_ version: Int32) throws -> (dialer: TestEngine, backend: TestBackend) {
        let dialer = try TestEngine(client: identity)
        let backend = try TestBackend(.init(files: files, minimum: version, maximum: version))
        let outcome = meet(dialer, backend)
        #expect(outcome.dialer == .complete && outcome.backend)
        return (dialer, backend)
    }

    private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) } }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `data passes both ways, whatever the pieces it arrives in`(version: Int32) throws {
        let bytes = pattern(40_000)
        for piece in [1, 5, 100, 16_406, 60_000] {
            let (dialer, backend) = try connected(version)
            backend.write(bytes)
            let wire = backend.sent()
            var read: [UInt8] = []
            for start in stride(from: 0, to: wire.count, by: piece) {
                read += dialer.read(Array(wire[start..<min(wire.count, start + piece)])).bytes
            }
            #expect(read == bytes)
            #expect(dialer.write(bytes) == .done)
            backend.receive(dialer.takeOutput())
            #expect(backend.read() == bytes)
        }
    }

    @Test func `data glued to the server's last word of the handshake is read`() throws {
        let (dialer, backend) = (try TestEngine(client: identity), try TestBackend(.init(files: files, maximum: TLS1_2_VERSION)))
        #expect(dialer.handshake([]) == .wantsInput)
        backend.receive(dialer.takeOutput())
        backend.handshake()
        #expect(dialer.handshake(backend.sent()) == .wantsInput)
        backend.receive(dialer.takeOutput())
        #expect(backend.handshake())
        backend.write([1, 2])
        let glued = backend.sent()
        let result = glued.withUnsafeBytes { input in
            dialer.memory.input = input
            return (dialer.engine.handshake(), dialer.readAll())
        }
        #expect(result.0 == .complete && result.1.bytes == [1, 2] && result.1.end == .wantsInput)
    }

    @Test func `a KeyUpdate from the server is answered, and both keys work afterwards`() throws {
        let (dialer, backend) = try connected(TLS1_3_VERSION)
        for round in 0..<5 {
            backend.updateKey()
            backend.write([UInt8(round)])
            #expect(dialer.read(backend.sent()).bytes == [UInt8(round)])
            #expect(dialer.write([2]) == .done)
            let output = dialer.takeOutput()
            #expect(recordLengths(output).count == 2)
            backend.receive(output)
            #expect(backend.read() == [2])
        }
    }

    @Test func `KeyUpdates of a server without data between them end the connection within a bound (T8)`() throws {
        let (dialer, backend) = try connected(TLS1_3_VERSION)
        var wire: [UInt8] = []
        for _ in 0..<2000 {
            backend.updateKey()
            wire += backend.sent()
        }
        #expect(dialer.read(wire).end.reason == .keyUpdateFlood)
        #expect(dialer.memory.outputCount < 40 * (TLSEngine.emptyReadLimitOfServer + 2))
        #expect(dialer.memory.inputConsumed < wire.count / 10)
    }

    @Test(arguments: [false, true])
    func `a HelloRequest of an old server is refused, and ends the connection (T1)`(hasDataBehind: Bool) throws {
        let (dialer, backend) = try connected(TLS1_2_VERSION)
        backend.write([1, 2])
        backend.renegotiate()
        var wire = backend.sent()
        #expect(recordLengths(wire).count == 2)
        if hasDataBehind { wire += wire.suffix(30) }
        let result = dialer.read(wire)
        #expect(result.bytes == [1, 2])
        #expect(result.end.reason == .renegotiation)
        #expect(dialer.takeOutput().first == 21)
        #expect(dialer.write([1]) != .done)
    }

    @Test func `a server of TLS 1_3 that asks for a certificate late is refused`() throws {
        // We do not offer to answer (RFC 8446 4.6.2), so the server cannot even begin.
        let (_, backend) = try connected(TLS1_3_VERSION)
        #expect(SSL_verify_client_post_handshake(backend.ssl) == 0)
        ERR_clear_error()
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `the server's close_notify is told after its last bytes, and ours is one record`(version: Int32) throws {
        let (dialer, backend) = try connected(version)
        backend.write([1, 2])
        backend.close()
        #expect(!dialer.hasReceivedCloseNotify)
        let result = dialer.read(backend.sent())
        #expect(result.bytes == [1, 2] && result.end == .closeNotify)
        #expect(dialer.hasReceivedCloseNotify && dialer.isHandshakeComplete)
        #expect(dialer.write([3]) == .done)
        dialer.engine.closeNotify()
        dialer.engine.closeNotify()
        #expect(recordLengths(dialer.takeOutput()).count == 2)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a damaged record fails behind the good ones, with an alert (T20)`(version: Int32) throws {
        let (dialer, backend) = try connected(version)
        backend.write([1, 2, 3])
        var wire = backend.sent()
        backend.write([4, 5, 6])
        var second = backend.sent()
        second[second.count - 1] ^= 1
        wire += second
        let result = dialer.read(wire)
        #expect(result.bytes == [1, 2, 3] && result.end.reason == .badRecord)
        #expect(dialer.takeOutput().first == (version == TLS1_2_VERSION ? 21 : 23))
    }
}
