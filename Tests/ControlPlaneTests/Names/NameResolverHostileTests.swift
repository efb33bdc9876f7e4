import Glibc
import Settings
import Support
import Testing
import Wire

@testable import ControlPlane

/// Name servers that fail, lie or say nothing (B9, B10).
@Suite struct NameResolverHostileTests {
    @Test func `B9: NXDOMAIN is the answer, and is not asked for again`() {
        let server = TestNameServer { [$0.noSuchName] }
        #expect(ResolverBench(server).failure() == .noName)
        #expect(server.questions.count == 2)
    }

    @Test(arguments: [UInt8(2), 4, 5])
    func `B9: a server that fails or refuses, and is the only one, is told soon`(code: UInt8) {
        let server = TestNameServer { [$0.reply(code: code)] }
        let reasons: Set<NameFailure> = [.serverFailed, .refused, .unreachable]
        // Well before the patience for one message is over.
        #expect(ResolverBench(server).failure(within: .seconds(5)).map(reasons.contains) == true)
    }

    @Test func `B9: an empty answer is no data`() {
        let server = TestNameServer { [$0.reply()] }
        #expect(ResolverBench(server).failure() == .noData)
    }

    @Test func `B9: no answer at all ends in time, and asks more than once`() {
        let server = TestNameServer { _ in [] }
        var bench = ResolverBench(server)
        bench.firstAttempt = 50
        #expect(bench.failure() == .timedOut)
        #expect(server.questions.count == 6)
    }

    @Test func `the time of a call is over for all its names`() {
        let server = TestNameServer { $0.name == "well.test" ? [$0.addresses(["192.0.2.1"])] : [] }
        let questions: Set<NameQuestion> = [.addresses("well.test."), .addresses("mute.test."), .services("mute.test.")]
        let answers = ResolverBench(server).resolve(questions, within: .milliseconds(300))
        #expect(answers[.addresses("well.test.")] == found("192.0.2.1"))
        #expect(answers[.addresses("mute.test.")] == .failed(.timedOut))
        #expect(answers[.services("mute.test.")] == .failed(.timedOut))
    }

    @Test func `names beyond those that are asked at once have failed as well when the time is over`() {
        let server = TestNameServer { _ in [] }
        let answers = ResolverBench(server).resolve(Set((0..<100).map { .addresses("name\($0).test.") }), within: .milliseconds(200))
        #expect(answers.count == 100 && answers.values.allSatisfy { $0 == .failed(.timedOut) })
    }

    @Test func `a port on which nobody listens fails as soon as the attempts are over`() {
        var bench = ResolverBench()
        bench.servers = [NameServer(address: ip("127.0.0.1"), port: 1)]
        bench.firstAttempt = 50
        // The kernel's word about the port reaches one of the two questions; the other may have to wait.
        let reasons: Set<NameFailure> = [.unreachable, .timedOut]
        #expect(bench.failure(within: .seconds(5)).map(reasons.contains) == true)
    }

    @Test func `a message with another id is nobody's answer; the true one counts`() {
        let server = TestNameServer { query in
            var forged = query.addresses(["192.0.2.66", "2001:db8::66"])
            forged[0] ^= 0xFF
            return [forged, query.addresses(["192.0.2.1"])]
        }
        #expect(ResolverBench(server).addresses() == found("192.0.2.1"))
    }

    @Test func `records of other kinds and classes are left out`() {
        let server = TestNameServer { query in
            [
                query.reply([
                    .service("chat.test", 0, 0, 1, "evil.test"),
                    TestRecord("chat.test", kind: 1, ttl: 60, data: [192, 0, 2, 67], class: 3),
                    TestRecord("chat.test", kind: 16, ttl: 60, data: [1, 65]), .address("chat.test", query.isA ? "192.0.2.1" : "::1"),
                ])
            ]
        }
        #expect(ResolverBench(server).addresses() == found("192.0.2.1", "::1"))
    }

    @Test func `addresses that nothing can connect to are left out; a name of nothing else has no data`() {
        let useless = ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "fe80::1"]
        let server = TestNameServer { [$0.addresses($0.name == "some.test" ? useless + ["192.0.2.1"] : useless)] }
        #expect(ResolverBench(server).addresses(of: "some.test.") == found("192.0.2.1"))
        #expect(ResolverBench(server).failure(.addresses("none.test.")) == .noData)
    }

    @Test func `B10: garbage behind a good head gives no address, at every length`() {
        let server = TestNameServer { query in
            let whole = query.addresses(["192.0.2.1", "192.0.2.2"]) + query.bytes
            let length = Int(query.name.dropFirst(3).prefix { $0 != "." }) ?? 0
            return query.isA ? [Array(whole.prefix(length))] : [query.reply()]
        }
        var bench = ResolverBench(server)
        bench.firstAttempt = 50
        // 12 of head, 16 of question at least, 2 records of 26 bytes at least.
        let answers = bench.resolve(Set((1..<75).map { .addresses("cut\($0).test.") }))
        #expect(answers.count == 74)
        for (question, answer) in answers {
            guard case .failed = answer else {
                Issue.record("\(question): \(answer)")
                continue
            }
        }
    }

    @Test func `B10: SRV records cut off at every length, and random bytes, give no service`() {
        let server = TestNameServer { query in
            let whole = query.reply([.service(query.name, 1, 2, 3, "a.test"), .service(query.name, 1, 2, 3, "b.test")])
            let length = Int(query.name.dropFirst(3).prefix { $0 != "." }) ?? 0
            guard length < 90 else { return [query.reply() + (0..<length).map { _ in UInt8.random(in: 0...255) }] }
            return [Array(whole.prefix(length))]
        }
        var bench = ResolverBench(server)
        bench.firstAttempt = 50
        let answers = bench.resolve(Set((1..<70).map { .services("cut\($0).test.") } + (90..<150).map { .services("cut\($0).test.") }))
        for (question, answer) in answers {
            guard case .failed = answer else {
                Issue.record("\(question): \(answer)")
                continue
            }
        }
    }

    @Test func `a connection that is closed after truncation fails, and soon`() {
        let server = TestNameServer(streams: .closeAtOnce) { [$0.reply(truncated: true)] }
        #expect(ResolverBench(server).failure(within: .seconds(5)) == .unreachable)
    }

    @Test func `the second server answers when the first is mute, refuses or fails`() {
        let second = TestNameServer { [$0.addresses(["192.0.2.1", "2001:db8::1"])] }
        for code in [UInt8(2), 4, 5] {
            let first = TestNameServer { [$0.reply(code: code)] }
            #expect(ResolverBench(first, second).addresses() == found("192.0.2.1", "2001:db8::1"))
        }
        let mute = TestNameServer { _ in [] }
        var bench = ResolverBench(mute, second)
        bench.firstAttempt = 100
        #expect(bench.addresses() == found("192.0.2.1", "2001:db8::1"))
    }

    @Test func `a server's word that there is no such name is not questioned`() {
        let first = TestNameServer { [$0.noSuchName] }
        let second = TestNameServer { [$0.addresses(["192.0.2.66"])] }
        #expect(ResolverBench(first, second).failure() == .noName)
        #expect(second.questions.isEmpty)
    }

    @Test func `a family that is never answered does not take the other with it`() {
        let server = TestNameServer { query in query.isA ? [query.addresses(["192.0.2.1"])] : [] }
        var bench = ResolverBench(server)
        bench.firstAttempt = 50
        #expect(bench.addresses() == found("192.0.2.1"))
    }

    @Test func `a server that denies the name when asked for IPv6 does not hide its IPv4 addresses`() {
        let server = TestNameServer { [$0.isA ? $0.addresses(["192.0.2.1"]) : $0.noSuchName] }
        for _ in 0..<20 { #expect(ResolverBench(server).addresses() == found("192.0.2.1")) }
    }

    @Test(arguments: ["a..b", String(repeating: "a", count: 64) + ".test."])
    func `what is no name is asked of nobody`(name: String) {
        let server = TestNameServer { [$0.addresses(["192.0.2.66"])] }
        #expect(ResolverBench(server).failure(.addresses(name)) == .badName)
        // Newer versions of the library have no word of their own for it here.
        #expect(ResolverBench(server).failure(.services(name)) != nil)
        #expect(server.questions.isEmpty)
    }

    @Test func `all descriptors are given back, also when questions stay open and connections too`() {
        let server = TestNameServer { query in query.isTCP ? [] : [query.reply(truncated: true)] }
        let bench = ResolverBench(server)
        for _ in 0..<5 { #expect(bench.failure(within: .milliseconds(200)) == .timedOut) }
        #expect(server.questions.contains { $0.isTCP })
        #expect(descriptors(to: server.port) == 0)
    }
}

/// Sockets of this process that are connected to a port.
private func descriptors(to port: UInt16) -> Int {
    (0..<4096).count { descriptor in
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(Int32(descriptor), $0, &length) }
        }
        return result == 0 && address.sin_family == sa_family_t(AF_INET) && UInt16(bigEndian: address.sin_port) == port
    }
}
