import Testing

@testable import BenchCore

struct UpgradeTests {
    @Test func `the key of RFC 6455 1_3 gets its answer`() {
        #expect(Upgrade.acceptValue(for: Upgrade.key) == Upgrade.accept)
    }

    @Test func `our answer to our request is accepted`() throws {
        let answer = try #require(Upgrade.answer(to: Upgrade.request(host: "h", path: "/")))
        #expect(Upgrade.isAccepted(answer))
        #expect(Upgrade.headLength(answer) == answer.count)
        #expect(Upgrade.headLength(Array(answer.dropLast())) == nil)
    }

    @Test func `a request without a key has no answer, and a wrong accept is refused`() {
        #expect(Upgrade.answer(to: Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)) == nil)
        #expect(!Upgrade.isAccepted(Array("HTTP/1.1 101 X\r\nSec-WebSocket-Accept: no\r\n\r\n".utf8)))
        #expect(!Upgrade.isAccepted(Array("HTTP/1.1 200 OK\r\nSec-WebSocket-Accept: \(Upgrade.accept)\r\n\r\n".utf8)))
    }
}
