import COpenSSL
import Testing

@testable import TLS

/// The client's side of a handshake, apart from whom it believes.
@Suite struct ClientHandshakeTests {
    let folder: TestFolder
    let authority: TestAuthority
    let files: CertificateFiles
    let identity: BackendIdentity

    init() throws {
        folder = try TestFolder()
        authority = try TestAuthority(folder)
        files = try authority.issue("DNS:voice.internal")
        identity = BackendIdentity(context: try ClientContext(ClientOptions(authorities: authority.file)), name: "voice.internal")
    }

    private func backend(_ version: Int32) throws -> TestBackend {
        try TestBackend(.init(files: files, minimum: version, maximum: version))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a handshake that arrives byte by byte completes`(version: Int32) throws {
        let outcome = meet(try TestEngine(client: identity), try backend(version), piece: 1)
        #expect(outcome.dialer == .complete && outcome.backend)
    }

    @Test func `our own server and our own client understand each other`() throws {
        let server = try ServerContext(certificates: [files], minimumVersion: .tls12, tickets: TicketKeys())
        let (dialer, engine) = (try TestEngine(client: identity), try TestEngine(server))
        let steps = meet(dialer, engine)
        #expect(steps.dialer == .complete && steps.server == .complete)
        #expect(engine.serverName == "voice.internal" && dialer.cipher == "TLS_AES_128_GCM_SHA256")
        #expect(dialer.write(Array(repeating: 5, count: 40_000)) == .done)
        #expect(engine.read(dialer.takeOutput()).bytes == Array(repeating: 5, count: 40_000))
        #expect(engine.write([6]) == .done)
        #expect(dialer.read(engine.takeOutput()).bytes == [6])
    }

    @Test func `the first word is a ClientHello, said without input`() throws {
        let dialer = try TestEngine(client: identity)
        #expect(dialer.handshake([]) == .wantsInput)
        let hello = dialer.takeOutput()
        #expect(hello.prefix(2) == [22, 3] && hello.dropFirst(5).first == 1)
        let offer: [UInt8] = [0, 16, 0, 11, 0, 9, 8] + Array("http/1.1".utf8)
        #expect(hello.indices.contains { hello[$0...].starts(with: offer) })
        // Early data (42) is not offered, nor compression, nor post-handshake authentication (49).
        #expect(dialer.handshake([]) == .wantsInput && dialer.takeOutput().isEmpty)
    }

    @Test func `a server that picks a protocol that was not offered is refused`() throws {
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            let odd = try TestBackend(.init(files: files, minimum: version, maximum: version, picksForeignProtocol: true))
            let dialer = try TestEngine(client: identity)
            let reason = try #require(meet(dialer, odd).dialer.reason)
            // Newer releases of OpenSSL see it themselves, and call the extension bad.
            #expect([.noApplicationProtocol, .badMessage].contains(reason))
            #expect(!dialer.isHandshakeComplete)
            #expect(dialer.read([]).end.reason == reason)
        }
    }

    @Test func `a server that knows no protocols is fine`() throws {
        let plain = try backend(TLS1_3_VERSION)
        #expect(meet(try TestEngine(client: identity), plain).dialer == .complete)
        #expect(plain.chosenProtocol == "")
    }

    @Test(arguments: ["HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail ready\r\n"])
    func `plain words instead of a ServerHello are an error and never data (T17)`(words: String) throws {
        let dialer = try TestEngine(client: identity)
        // Said before our ClientHello or after it, it makes no difference.
        #expect(dialer.handshake(Array(words.utf8)).reason == .notTLS)
        let other = try TestEngine(client: identity)
        #expect(other.handshake([]) == .wantsInput)
        #expect(other.handshake(Array(words.utf8)).reason == .notTLS)
        let read = other.read(Array(words.utf8))
        #expect(read.bytes.isEmpty && read.end.reason == .notTLS)
    }

    @Test func `a record of data before the handshake's end is an error and never data (T17)`() throws {
        let record: [UInt8] = [23, 3, 3, 0, 5] + Array("hello".utf8)
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            let first = try TestEngine(client: identity)
            #expect(first.handshake([]) == .wantsInput)
            #expect(first.handshake(record).reason != nil && !first.isHandshakeComplete)

            let (second, backend) = (try TestEngine(client: identity), try backend(version))
            #expect(second.handshake([]) == .wantsInput)
            backend.receive(second.takeOutput())
            backend.handshake()
            // Behind the ServerHello, which is the first record.
            let flight = backend.sent()
            let length = try #require(recordLengths(flight).first)
            #expect(second.handshake(Array(flight[..<(5 + length)]) + record).reason != nil)
            #expect(second.read(record).bytes.isEmpty)
        }
    }

    @Test func `versions older than asked for are refused`() throws {
        let strict = try ClientContext(ClientOptions(authorities: authority.file, minimumVersion: .tls13))
        let identity13 = BackendIdentity(context: strict, name: "voice.internal")
        #expect(meet(try TestEngine(client: identity13), try backend(TLS1_2_VERSION)).dialer.reason != nil)
        #expect(meet(try TestEngine(client: identity13), try backend(TLS1_3_VERSION)).dialer == .complete)
        let old = try TestBackend(.init(files: files, minimum: TLS1_VERSION, maximum: TLS1_1_VERSION))
        #expect(meet(try TestEngine(client: identity), old).dialer.reason == .peerAlert)
    }

    @Test func `the ephemeral key is gone once the handshake is complete`() throws {
        let dialer = try TestEngine(client: identity)
        #expect(meet(dialer, try backend(TLS1_3_VERSION)).dialer == .complete)
        let key = try #require(tidegate_SSL_get1_own_ephemeral_key(dialer.engine.ssl))
        defer { EVP_PKEY_free(key) }
        var secret = [UInt8](repeating: 0, count: 64)
        var count = 64
        #expect(EVP_PKEY_get_raw_private_key(key, &secret, &count) != 1)
        ERR_clear_error()
    }

    @Test func `many threads dial one identity at once, and every handshake completes`() async throws {
        let server = try ServerContext(certificates: [files], minimumVersion: .tls12, tickets: TicketKeys())
        let identity = identity
        let counts = try await withThrowingTaskGroup(of: (complete: Int, resumed: Int).self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var counts = (complete: 0, resumed: 0)
                    for _ in 0..<25 {
                        let dialer = try TestEngine(client: identity)
                        let steps = meet(dialer, try TestEngine(server))
                        if steps.dialer == .complete, steps.server == .complete { counts.complete += 1 }
                        if dialer.isResumed { counts.resumed += 1 }
                    }
                    return counts
                }
            }
            return try await group.reduce((0, 0)) { ($0.0 + $1.complete, $0.1 + $1.resumed) }
        }
        #expect(counts.0 == 100 && counts.1 >= 90)
    }
}
