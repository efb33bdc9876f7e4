import COpenSSL
import Testing

@testable import TLS

@Suite struct ServerNameTests {
    let folder: TestFolder
    let context: ServerContext

    init() throws {
        folder = try TestFolder()
        context = try ServerContext(
            certificates: [
                try folder.certificate("default.example"),
                try folder.certificate("exact.example.com", "Second.Example.COM"),
                try folder.certificate("*.example.com"),
                try folder.certificate("late.example", "default.example", "127.0.0.1"),
            ], minimumVersion: .tls12, tickets: TicketKeys())
    }

    @Test(arguments: [
        ("exact.example.com", "exact.example.com"), ("EXACT.example.COM", "exact.example.com"),
        ("second.example.com", "exact.example.com"),
        ("other.example.com", "*.example.com"),
        ("a.b.example.com", "default.example"), ("example.com", "default.example"),
        ("unknown.example", "default.example"), ("com", "default.example"),
        ("late.example", "late.example"), ("default.example", "default.example"),
    ])
    func `the certificate is that of the exact name, then the wildcard, then the default`(asked: String, shown: String) throws {
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            var options = only(version)
            options.serverName = asked
            #expect(try connected(context, options).client.peerName == shown)
        }
    }

    @Test func `no name gets the default certificate (T3)`() throws {
        var options = TestClient.Options()
        options.serverName = nil
        let (client, server) = try connected(context, options)
        #expect(client.peerName == "default.example")
        #expect(server.serverName == nil)
    }

    @Test(arguments: ["127.0.0.1", "a..example.com", ".example.com", "*.example.com", "sp ace.example.com", "\u{7F}.example.com", "[::1]", "."])
    func `a name that no host could have gets the default certificate (T3)`(name: String) throws {
        var options = TestClient.Options()
        options.serverName = name
        let (client, server) = try connected(context, options)
        #expect(client.peerName == "default.example")
        #expect(server.serverName == nil)
    }

    @Test func `a name longer than any host is refused or gets the default, and nothing breaks (T3)`() throws {
        var options = TestClient.Options()
        options.serverName = String(repeating: "a", count: 255)
        #expect(try connected(context, options).client.peerName == "default.example")
    }

    @Test func `a NUL within the name ends the handshake (T3)`() throws {
        var options = TestClient.Options()
        options.serverName = "exact.example.com"
        let client = try TestClient(options)
        client.handshake()
        var hello = client.sent()
        let name = Array("exact.example.com".utf8)
        let found = hello.indices.first { hello[$0...].starts(with: name) }
        hello[try #require(found) + 5] = 0
        let server = try TestEngine(context)
        #expect(server.handshake(hello).reason != nil)
        #expect(server.takeOutput().first == 21)
    }

    @Test func `the server name a client asked for is told in lower case`() throws {
        var options = TestClient.Options()
        options.serverName = "Exact.EXAMPLE.com."
        let (client, server) = try connected(context, options)
        #expect(client.peerName == "exact.example.com")
        #expect(server.serverName == "exact.example.com")
    }

    @Test func `names are normalized or refused`() {
        func name(_ text: String) -> String? { ServerName.normalized(Array(text.utf8)) }
        #expect(name("Chat.Example.com") == "chat.example.com")
        #expect(name("_x-1.a") == "_x-1.a")
        #expect(name("1.2.3.4.in-addr.arpa") == "1.2.3.4.in-addr.arpa")
        #expect(name(String(repeating: "a", count: 63) + ".b") != nil)
        #expect(name(String(repeating: "a", count: 64) + ".b") == nil)
        #expect(name(Array(repeating: "abc.", count: 63).joined() + "d") != nil)
        #expect(name(Array(repeating: "abc.", count: 64).joined()) == nil)
        for bad in ["", ".", "a..b", ".a", "a..", "1.2.3.4", "127", "a/b", "a b", "ä.de", "a\0b", "*.a", "a:1"] {
            #expect(name(bad) == nil, "\(bad)")
        }
        #expect(ServerName.pattern(Array("*.Example.com".utf8)) == "*.example.com")
        for bad in ["*", "*.", "a.*.b", "**.a", "x*.a", "*.1.2.3.4"] {
            #expect(ServerName.pattern(Array(bad.utf8)) == nil, "\(bad)")
        }
    }
}
