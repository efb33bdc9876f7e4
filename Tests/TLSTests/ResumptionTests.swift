import COpenSSL
import Testing

@testable import TLS

@Suite struct ResumptionTests {
    let folder: TestFolder
    let files: CertificateFiles

    init() throws {
        folder = try TestFolder()
        files = try folder.certificate("localhost")
    }

    private func context(_ tickets: TicketKeys) throws -> ServerContext {
        try ServerContext(certificates: [files], minimumVersion: .tls12, tickets: tickets)
    }

    /// A full handshake, and the session the client took from it.
    private func session(_ context: ServerContext, _ version: Int32) throws -> TestClient.Session {
        let (client, server) = try connected(context, only(version))
        #expect(!server.isResumed)
        _ = client.read()
        let session = try #require(client.session)
        // OpenSSL will not resume a session whose connection was freed without a close_notify.
        client.close()
        return session
    }

    /// Whether a client with that session is spared a full handshake. Both sides must agree.
    private func resumes(_ context: ServerContext, _ session: TestClient.Session, _ version: Int32) throws -> Bool {
        var options = only(version)
        options.session = session
        let (client, server) = try connected(context, options)
        #expect(client.isResumed == server.isResumed)
        client.write([7])
        #expect(server.read(client.sent()).bytes == [7])
        return server.isResumed
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a ticket is taken by the same context and by one built anew with the same keys`(version: Int32) throws {
        let keys = TicketKeys()
        let first = try context(keys)
        #expect(try resumes(first, session(first, version), version))
        let afterReload = try context(keys)
        #expect(try resumes(afterReload, session(first, version), version))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a ticket of other keys leads to a full handshake`(version: Int32) throws {
        let ticket = try session(context(TicketKeys()), version)
        #expect(try !resumes(context(TicketKeys()), ticket, version))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `after one rotation a ticket is good, after two it is not`(version: Int32) throws {
        let keys = TicketKeys()
        let context = try context(keys)
        let ticket = try session(context, version)
        keys.rotate()
        #expect(try resumes(context, ticket, version))
        keys.rotate()
        #expect(try !resumes(context, ticket, version))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `a resumption after a rotation gives a ticket of the new key`(version: Int32) throws {
        let keys = TicketKeys()
        let context = try context(keys)
        let ticket = try session(context, version)
        keys.rotate()
        var options = only(version)
        options.session = ticket
        let (client, server) = try connected(context, options)
        #expect(server.isResumed)
        _ = client.read()
        let renewed = try #require(client.session)
        keys.rotate()
        #expect(try resumes(context, renewed, version))
    }

    @Test func `a full TLS 1_3 handshake gives exactly one ticket`() throws {
        let context = try context(TicketKeys())
        let client = try TestClient()
        let counter = TicketCounter()
        counter.attach(to: client)
        let server = try TestEngine(context)
        #expect(shakeHands(client, server).server == .complete)
        _ = client.read()
        #expect(counter.tickets == 1)
    }

    @Test func `early data is not offered`() throws {
        let ticket = try session(context(TicketKeys()), TLS1_3_VERSION)
        #expect(SSL_SESSION_get_max_early_data(ticket.pointer) == 0)
    }

    @Test func `a ticket given under one name is taken under another`() throws {
        let keys = TicketKeys()
        let context = try ServerContext(
            certificates: [try folder.certificate("a.example"), try folder.certificate("b.example")], minimumVersion: .tls12,
            tickets: keys)
        var options = only(TLS1_3_VERSION)
        options.serverName = "b.example"
        let (client, _) = try connected(context, options)
        #expect(client.peerName == "b.example")
        _ = client.read()
        options.session = client.session
        #expect(try connected(context, options).server.isResumed)
    }

    @Test func `a damaged ticket leads to a full handshake`() throws {
        let keys = TicketKeys()
        let context = try context(keys)
        let ticket = try session(context, TLS1_2_VERSION)
        var options = only(TLS1_2_VERSION)
        options.session = ticket
        let client = try TestClient(options)
        client.handshake()
        var hello = client.sent()
        var pointer: UnsafePointer<UInt8>?
        var count = 0
        SSL_SESSION_get0_ticket(ticket.pointer, &pointer, &count)
        let bytes = Array(UnsafeBufferPointer(start: pointer, count: count))
        let start = try #require(hello.indices.first { hello[$0...].starts(with: bytes) })
        hello[start + 60] ^= 1
        let server = try TestEngine(context)
        #expect(server.handshake(hello) == .wantsInput)
        // Certificate (11) is sent in a full handshake only; the flight of a resumption is far smaller.
        #expect(server.memory.outputCount > 400)
    }
}

/// Counts NewSessionTicket messages as the client sees them.
private final class TicketCounter {
    private(set) var tickets = 0

    func attach(to client: TestClient) {
        SSL_set_msg_callback(client.ssl) { isSent, _, type, bytes, count, _, argument in
            guard isSent == 0, type == SSL3_RT_HANDSHAKE, count > 0, let bytes, let argument,
                bytes.load(as: UInt8.self) == UInt8(SSL3_MT_NEWSESSION_TICKET)
            else { return }
            Unmanaged<TicketCounter>.fromOpaque(argument).takeUnretainedValue().tickets += 1
        }
        tidegate_SSL_set_msg_argument(client.ssl, Unmanaged.passUnretained(self).toOpaque())
    }
}
