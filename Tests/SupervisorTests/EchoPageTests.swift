import Testing
import Wire

@testable import Supervisor

@Suite struct EchoPageTests {
    private func page(_ method: String) throws -> String {
        var parser = RequestHeadParser(limits: HeadLimits())
        let head = try #require(try parser.parse(Array("\(method) / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8).span))
        return String(decoding: EchoConnection.page(to: head), as: UTF8.self)
    }

    @Test func `whoever asks the demo without an upgrade gets a page of the length told, and HEAD its head alone`() throws {
        let parts = try page("GET").split(separator: "\r\n\r\n", omittingEmptySubsequences: false).map(String.init)
        #expect(parts.count == 2)
        #expect(parts.first?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
        #expect(parts.first?.contains("Content-Length: \(parts[1].utf8.count)\r\n") == true)
        #expect(parts[1].contains("ws://localhost:8080/"))
        #expect(try page("HEAD") == "\(parts[0])\r\n\r\n")
    }
}
