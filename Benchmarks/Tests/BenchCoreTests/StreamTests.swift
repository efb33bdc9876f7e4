import Glibc
import Testing

@testable import BenchCore

struct StreamTests {
    @Test func `a certificate that is not there makes no TLS server`() {
        #expect(ServerTLS(certificate: "/nonexistent.pem", key: "/nonexistent.key", resumption: true) == nil)
    }

    @Test func `a plain stream is never resumed and holds nothing back`() throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { close(ends[1]) }
        let stream = Stream(plain: ends[0])
        #expect(stream.handshake() == .done && !stream.isResumed && !stream.holdsUnread)
    }
}
