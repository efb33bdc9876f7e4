import COpenSSL
import Testing

@testable import TLS

/// Row T6.
@Suite struct ApplicationProtocolTests {
    let folder: TestFolder
    let context: ServerContext

    init() throws {
        folder = try TestFolder()
        context = try makeContext(folder)
    }

    private func encoded(_ names: [String]) -> [UInt8] {
        names.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    }

    private func options(_ names: [String], _ version: Int32 = TLS1_3_VERSION) -> TestClient.Options {
        var options = only(version)
        options.protocols = encoded(names)
        return options
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `http_1_1 is chosen wherever it stands in the offer`(version: Int32) throws {
        for offer in [["http/1.1"], ["h2", "http/1.1"], ["http/1.1", "h2"], ["x", "y", "http/1.1"]] {
            #expect(try connected(context, options(offer, version)).client.chosenProtocol == "http/1.1")
        }
    }

    @Test func `a client that offers nothing is not asked`() throws {
        #expect(try connected(context).client.chosenProtocol == "")
    }

    @Test(arguments: [["h2"], ["http/1.0"], ["HTTP/1.1"], ["http/1.1x"], ["\u{1}\u{2}"]])
    func `an offer without http_1_1 gets the alert no_application_protocol`(offer: [String]) throws {
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            let client = try TestClient(options(offer, version))
            let outcome = shakeHands(client, try TestEngine(context))
            #expect(outcome.server.reason == .noApplicationProtocol)
            #expect(client.lastError == "tlsv1 alert no application protocol")
        }
    }

    @Test func `an offer of a thousand names is read to its end`() throws {
        let names = (0..<1000).map { "p\($0)" }
        #expect(shakeHands(try TestClient(options(names)), try TestEngine(context)).server.reason == .noApplicationProtocol)
        #expect(try connected(context, options(names + ["http/1.1"])).client.chosenProtocol == "http/1.1")
    }

    @Test func `an empty list and an empty name are malformed`() throws {
        // The client will not send such a thing, so its hello is changed on the way: the extension (16) ends the list early.
        let client = try TestClient(options(["abc"]))
        client.handshake()
        let hello = client.sent()
        let marker: [UInt8] = [0, 16, 0, 6, 0, 4, 3] + Array("abc".utf8)
        let start = try #require(hello.indices.first { hello[$0...].starts(with: marker) })

        var emptyList = hello
        emptyList[start + 5] = 0
        #expect(try TestEngine(context).handshake(emptyList).reason == .badMessage)

        var emptyName = hello
        emptyName[start + 6] = 0
        #expect(try TestEngine(context).handshake(emptyName).reason == .badMessage)
    }
}
