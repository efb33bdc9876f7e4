import Testing

@testable import BenchCore

struct UpgradeTests {
    @Test func `the key of RFC 6455 1_3 gets its answer`() {
        #expect(Upgrade.acceptValue(for: Upgrade.key) == Upgrade.accept)
    }

    @Test func `our answer to our request is accepted`() throws {
        let answer = try #require(Upgrade.request(host: "h", path: "/").withUnsafeBytes { Upgrade.answer(to: $0) })
        #expect(accepts(answer))
        #expect(answer.withUnsafeBytes { Head.length(of: $0) } == answer.count)
    }

    @Test func `a request without a key has no answer, and a wrong accept is refused`() {
        #expect(Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8).withUnsafeBytes { Upgrade.answer(to: $0) } == nil)
        #expect(!accepts(Array("HTTP/1.1 101 X\r\nSec-WebSocket-Accept: no\r\n\r\n".utf8)))
        #expect(!accepts(Array("HTTP/1.1 200 OK\r\nSec-WebSocket-Accept: \(Upgrade.accept)\r\n\r\n".utf8)))
    }

    private func accepts(_ head: [UInt8]) -> Bool { head.withUnsafeBytes { Upgrade.isAccepted($0) } }
}
