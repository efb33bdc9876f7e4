import COpenSSL
import Glibc
import Testing

@testable import TLS

@Suite struct ClientResumptionTests {
    let folder: TestFolder
    let authority: TestAuthority
    let files: CertificateFiles
    let context: ClientContext

    init() throws {
        folder = try TestFolder()
        authority = try TestAuthority(folder)
        files = try authority.issue("DNS:voice.internal,DNS:chat.internal")
        context = try ClientContext(ClientOptions(authorities: authority.file))
    }

    private func identity(_ name: String = "voice.internal") -> BackendIdentity { BackendIdentity(context: context, name: name) }

    private func server(_ files: CertificateFiles? = nil, tickets: TicketKeys = TicketKeys()) throws -> ServerContext {
        try ServerContext(certificates: [files ?? self.files], minimumVersion: .tls12, tickets: tickets)
    }

    /// One connection; whether it was resumed, on which both sides must agree. Data passes both ways.
    private func isResumed(_ identity: BackendIdentity, _ server: ServerContext, _ version: Int32) throws -> Bool {
        let (dialer, engine) = (try TestEngine(client: identity), try TestEngine(server))
        #expect(tidegate_SSL_set_maximum_version(dialer.engine.ssl, version) == 1)
        let steps = meet(dialer, engine)
        #expect(steps.dialer == .complete && steps.server == .complete)
        #expect(dialer.version == (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"))
        #expect(dialer.isResumed == engine.isResumed)
        #expect(dialer.write([7]) == .done)
        #expect(engine.read(dialer.takeOutput()).bytes == [7])
        #expect(engine.write([8]) == .done)
        #expect(dialer.read(engine.takeOutput()).bytes == [8])
        return dialer.isResumed
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `from the second connection on a session is resumed, though none of them said close_notify`(version: Int32) throws {
        let (identity, server) = (identity(), try server())
        #expect(try !isResumed(identity, server, version))
        for _ in 0..<4 { #expect(try isResumed(identity, server, version)) }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a session is never resumed under another identity`(version: Int32) throws {
        let (voice, server) = (identity(), try server())
        #expect(try !isResumed(voice, server, version))
        #expect(try isResumed(voice, server, version))
        // Of another name, of the same name made anew, and of another context: each begins for itself.
        #expect(try !isResumed(identity("chat.internal"), server, version))
        #expect(try !isResumed(identity(), server, version))
        let other = BackendIdentity(context: try ClientContext(ClientOptions(authorities: authority.file)), name: "voice.internal")
        #expect(try !isResumed(other, server, version))
        #expect(try isResumed(voice, server, version))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a server that does not know the session any more makes a full handshake, and is verified`(version: Int32) throws {
        let identity = identity()
        #expect(try !isResumed(identity, server(), version))
        #expect(try !isResumed(identity, server(), version))

        let wrong = try server(authority.issue("DNS:evil.internal"))
        let dialer = try TestEngine(client: identity)
        #expect(tidegate_SSL_set_maximum_version(dialer.engine.ssl, version) == 1)
        #expect(meet(dialer, try TestEngine(wrong)).dialer.reason == .certificateNameMismatch)
    }

    @Test func `a change of version between two connections leads to a full handshake`() throws {
        let (identity, server) = (identity(), try server())
        #expect(try !isResumed(identity, server, TLS1_3_VERSION))
        #expect(try !isResumed(identity, server, TLS1_2_VERSION))
        #expect(try isResumed(identity, server, TLS1_2_VERSION))
    }

    @Test func `a handshake that fails leaves no session`() throws {
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            let identity = identity()
            let dialer = try TestEngine(client: identity)
            #expect(tidegate_SSL_set_maximum_version(dialer.engine.ssl, version) == 1)
            #expect(meet(dialer, try TestEngine(server(folder.certificate("voice.internal")))).dialer.reason != nil)
            #expect(identity.sessionToResume(now: time(nil)) == nil)
        }
    }

    @Test func `a session whose certificate has run out is not resumed, unless nobody is verified`() throws {
        let server = try server()
        let skipping = try ClientContext(ClientOptions(authorities: authority.file, skipsVerification: true))
        for (context, outlives) in [(context, false), (skipping, true)] {
            let identity = BackendIdentity(context: context, name: "voice.internal")
            #expect(try !isResumed(identity, server, TLS1_3_VERSION))
            let now = time(nil)
            for (moment, isGood) in [(now, true), (now + 3500, true), (now + 3700, outlives)] {
                let session = identity.sessionToResume(now: moment)
                #expect((session != nil) == isGood)
                if let session { SSL_SESSION_free(session) }
            }
        }
    }

    @Test func `a storm of a hundred tickets keeps the newest, and the connection lives`() throws {
        let identity = identity()
        let dialer = try TestEngine(client: identity)
        let seen = TicketLog(dialer)
        let backend = try TestBackend(.init(files: files, tickets: 100))
        #expect(meet(dialer, backend).dialer == .complete)
        backend.write([1])
        #expect(dialer.read(backend.sent()).bytes == [1])
        #expect(seen.tickets.count == 100)
        let session = try #require(identity.sessionToResume(now: time(nil)))
        defer { SSL_SESSION_free(session) }
        var pointer: UnsafePointer<UInt8>?
        var count = 0
        SSL_SESSION_get0_ticket(session, &pointer, &count)
        let kept = Array(UnsafeBufferPointer(start: pointer, count: count))
        #expect(!kept.isEmpty && seen.tickets.filter { $0.hasTicket(kept) }.count == 1)
        #expect(try #require(seen.tickets.last).hasTicket(kept))
    }

    @Test func `tickets without end are a flood`() throws {
        let dialer = try TestEngine(client: identity())
        let backend = try TestBackend(.init(files: files, tickets: 1000))
        _ = meet(dialer, backend)
        #expect(dialer.read([]).end.reason == .keyUpdateFlood)
    }
}

/// The NewSessionTicket messages an engine gets.
private final class TicketLog {
    struct Message {
        let bytes: [UInt8]
        func hasTicket(_ ticket: [UInt8]) -> Bool { bytes.indices.contains { bytes[$0...].starts(with: ticket) } }
    }

    private(set) var tickets: [Message] = []

    init(_ engine: TestEngine) {
        SSL_set_msg_callback(engine.engine.ssl) { isSent, _, type, bytes, count, _, argument in
            guard isSent == 0, type == SSL3_RT_HANDSHAKE, count > 0, let bytes, let argument,
                bytes.load(as: UInt8.self) == UInt8(SSL3_MT_NEWSESSION_TICKET)
            else { return }
            let message = Message(bytes: Array(UnsafeRawBufferPointer(start: bytes, count: count)))
            Unmanaged<TicketLog>.fromOpaque(argument).takeUnretainedValue().tickets.append(message)
        }
        tidegate_SSL_set_msg_argument(engine.engine.ssl, Unmanaged.passUnretained(self).toOpaque())
    }
}
