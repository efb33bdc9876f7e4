import COpenSSL
import Testing

@testable import TLS

@Suite struct HandshakeTests {
    let folder: TestFolder
    let context: ServerContext

    init() throws {
        folder = try TestFolder()
        context = try makeContext(folder)
    }

    @Test(arguments: [(TLS1_2_VERSION, "TLSv1.2"), (TLS1_3_VERSION, "TLSv1.3")])
    func `a handshake completes and names its version`(version: Int32, label: String) throws {
        let client = try TestClient(only(version))
        let server = try TestEngine(context)
        #expect(server.version == "none")
        #expect(!server.isHandshakeComplete)

        let outcome = shakeHands(client, server)

        #expect(outcome.server == .complete)
        #expect(outcome.client)
        #expect(server.version == label)
        #expect(server.isHandshakeComplete)
        #expect(!server.isResumed)
        #expect(server.serverName == "localhost")
        client.write(Array("hello".utf8))
        let read = server.read(client.sent())
        #expect(read.bytes == Array("hello".utf8))
        #expect(read.end == .wantsInput)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a handshake that arrives byte by byte completes`(version: Int32) throws {
        let client = try TestClient(only(version))
        let server = try TestEngine(context)
        let outcome = shakeHands(client, server, piece: 1)
        #expect(outcome.server == .complete)
        #expect(outcome.client)
    }

    @Test func `TLS 1.1 is refused with the alert protocol_version`() throws {
        let client = try TestClient(only(TLS1_1_VERSION))
        let server = try TestEngine(context)
        let outcome = shakeHands(client, server)
        #expect(outcome.server.reason == .protocolVersion)
        #expect(!outcome.client)
        #expect(client.lastError == "tlsv1 alert protocol version")
    }

    @Test func `TLS 1.2 is refused where 1_3 is the minimum`() throws {
        let strict = try makeContext(folder, minimum: .tls13)
        let refused = shakeHands(try TestClient(only(TLS1_2_VERSION)), try TestEngine(strict))
        #expect(refused.server.reason == .protocolVersion)
        let taken = shakeHands(try TestClient(only(TLS1_3_VERSION)), try TestEngine(strict))
        #expect(taken.server == .complete)
    }

    @Test func `a client without a cipher of ours is told no_shared_cipher`() throws {
        var options = only(TLS1_2_VERSION)
        options.ciphers = "ECDHE-ECDSA-AES128-SHA256"
        let client = try TestClient(options)
        let outcome = shakeHands(client, try TestEngine(context))
        #expect(outcome.server.reason == .noSharedCipher)
        #expect(client.lastError == "sslv3 alert handshake failure")
    }

    @Test func `AES-128 is chosen, and ChaCha20 for a client that puts it first`() throws {
        #expect(try connected(context).server.cipher == "TLS_AES_128_GCM_SHA256")
        var options = TestClient.Options()
        options.suites = "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"
        #expect(try connected(context, options).server.cipher == "TLS_CHACHA20_POLY1305_SHA256")
    }

    @Test func `plain HTTP on a TLS port is told apart (H45)`() throws {
        let server = try TestEngine(context)
        #expect(server.handshake(Array("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n".utf8)).reason == .httpRequest)
        #expect(!server.isHandshakeComplete)
    }

    @Test func `bytes that are no TLS fail without harm`() throws {
        #expect(try TestEngine(context).handshake(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)).reason == .notTLS)
        #expect(try TestEngine(context).handshake([UInt8](repeating: 0, count: 64)).reason == .notTLS)
        #expect(try TestEngine(context).handshake([0x16, 0x03, 0x01, 0xFF, 0xFF] + [UInt8](repeating: 1, count: 32)).reason == .badRecord)
    }

    @Test func `a damaged ClientHello fails and leaves an alert to send`() throws {
        let client = try TestClient()
        client.handshake()
        var hello = client.sent()
        hello[43] = 0xFF  // the length of the session id
        let server = try TestEngine(context)
        #expect(server.handshake(hello).reason == .badMessage)
        let output = server.takeOutput()
        #expect(output.first == 21)
        #expect(output.count == 7)
    }

    @Test func `a client that gives up is told by its alert`() throws {
        let client = try TestClient()
        client.handshake()
        let server = try TestEngine(context)
        #expect(server.handshake(client.sent()) == .wantsInput)
        // A fatal alert in the clear: bad_certificate.
        #expect(server.handshake([21, 3, 3, 0, 2, 2, 42]).reason != nil)
        #expect(!server.isHandshakeComplete)

        let old = try TestEngine(context)
        let second = try TestClient(only(TLS1_2_VERSION))
        second.handshake()
        #expect(old.handshake(second.sent()) == .wantsInput)
        #expect(old.handshake([21, 3, 3, 0, 2, 2, 42]).reason == .peerAlert)
    }

    @Test func `a flood of warning alerts ends the handshake (T9)`() throws {
        let client = try TestClient(only(TLS1_2_VERSION))
        client.handshake()
        let server = try TestEngine(context)
        #expect(server.handshake(client.sent()) == .wantsInput)
        let warning: [UInt8] = [21, 3, 3, 0, 2, 1, 90]
        for count in 1...100 {
            let step = server.handshake(warning)
            if step == .wantsInput { continue }
            #expect(step.reason == .alertFlood)
            #expect(count < 20)
            return
        }
        Issue.record("a hundred warnings were borne")
    }

    @Test func `data glued to the client's Finished is read`() throws {
        let client = try TestClient(only(TLS1_3_VERSION))
        let server = try TestEngine(context)
        client.handshake()
        #expect(server.handshake(client.sent()) == .wantsInput)
        client.receive(server.takeOutput())
        #expect(client.handshake())
        client.write([1, 2])
        let glued = client.sent()
        let result = glued.withUnsafeBytes { input in
            server.memory.input = input
            return (server.engine.handshake(), server.readAll())
        }
        #expect(result.0 == .complete)
        #expect(result.1.bytes == [1, 2])
        #expect(result.1.end == .wantsInput)
    }

    @Test func `the ephemeral key is gone once the handshake is complete`() throws {
        let (_, server) = try connected(context, only(TLS1_3_VERSION))
        let key = try #require(tidegate_SSL_get1_own_ephemeral_key(server.engine.ssl))
        defer { EVP_PKEY_free(key) }
        var secret = [UInt8](repeating: 0, count: 64)
        var count = 64
        #expect(EVP_PKEY_get_raw_private_key(key, &secret, &count) != 1)
        ERR_clear_error()
    }

    @Test func `many threads share one context while its ticket keys rotate`() async throws {
        let keys = TicketKeys()
        let shared = try makeContext(folder, tickets: keys)
        let complete = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var complete = 0
                    for _ in 0..<25 {
                        let outcome = shakeHands(try TestClient(), try TestEngine(shared))
                        if outcome.server == .complete, outcome.client { complete += 1 }
                        keys.rotate()
                    }
                    return complete
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(complete == 100)
    }

    @Test func `after a failure every call says so again`() throws {
        let server = try TestEngine(context)
        let failure = server.handshake(Array("GET / HTTP/1.1\r\n".utf8))
        #expect(server.handshake([1, 2, 3]) == failure)
        #expect(server.read([1, 2, 3]).end.reason == .httpRequest)
        #expect(server.write([1]) != .done)
        server.memory.resetOutput()
        server.engine.closeNotify()
        #expect(server.memory.outputCount == 0)
    }

    @Test func `reading and writing before the handshake are refused`() throws {
        #expect(try TestEngine(context).read([1]).end.reason == .internal)
        let server = try TestEngine(context)
        #expect(server.write([1]) == .failed(TLSEngine.usedBeforeHandshake))
    }

    @Test func `what another connection left in the error queue disturbs nobody (T21)`() throws {
        let (client, server) = try connected(context)
        let newcomer = try TestClient()
        let fresh = try TestEngine(context)
        newcomer.handshake()
        let hello = newcomer.sent()
        client.write([1, 2, 3])
        let record = client.sent()

        func soil() {
            leaveAnError()
            #expect(ERR_peek_error() != 0)
        }
        soil()
        #expect(fresh.handshake(hello) == .wantsInput)
        soil()
        let read = server.read(Array(record.prefix(7)))
        #expect(read.bytes.isEmpty)
        #expect(read.end == .wantsInput)
        soil()
        #expect(server.read(Array(record.dropFirst(7))).bytes == [1, 2, 3])
        soil()
        #expect(server.write([4]) == .done)
    }

    @Test func `a failure leaves the error queue empty`() throws {
        ERR_clear_error()
        _ = try TestEngine(context).handshake(Array("GET / HTTP/1.1\r\n".utf8))
        #expect(ERR_peek_error() == 0)
    }
}

/// Reads a certificate from an empty BIO.
private func leaveAnError() {
    guard let bio = BIO_new(BIO_s_mem()) else { return }
    defer { BIO_free(bio) }
    _ = PEM_read_bio_X509(bio, nil, nil, nil)
}
