import Settings
import Testing
import Wire

@testable import ControlPlane

/// A name server that means well.
@Suite struct NameResolverTests {
    @Test func `both families are found, each with its TTL, IPv4 first`() {
        let server = TestNameServer { query in
            [query.isA ? query.addresses(["192.0.2.2", "192.0.2.1"], ttl: 7) : query.addresses(["2001:db8::1"], ttl: 90)]
        }
        #expect(
            ResolverBench(server).addresses()
                == .found([
                    FoundAddress(ip("192.0.2.1"), ttl: 7), FoundAddress(ip("192.0.2.2"), ttl: 7), FoundAddress(ip("2001:db8::1"), ttl: 90),
                ]))
    }

    @Test func `each family is asked for once, by one message`() {
        let server = TestNameServer { [$0.addresses(["192.0.2.1", "2001:db8::1"])] }
        _ = ResolverBench(server).addresses()
        #expect(server.questions.map(\.kind).sorted() == [1, 28])
        #expect(Set(server.questions.map(\.name)) == ["chat.test"])
    }

    @Test func `a machine with IPv4 alone gets no IPv6 addresses but its own`() {
        let server = TestNameServer { [$0.addresses(["192.0.2.1", "2001:db8::1", "::1"])] }
        var bench = ResolverBench(server)
        bench.families = LocalFamilies(hasIPv4: true, hasIPv6: false)
        #expect(bench.addresses() == found("192.0.2.1", "::1"))
        bench.families = LocalFamilies(hasIPv4: false, hasIPv6: true)
        #expect(bench.addresses() == found("::1", "2001:db8::1"))
        bench.families = LocalFamilies(hasIPv4: false, hasIPv6: false)
        #expect(bench.addresses() == found("192.0.2.1", "::1", "2001:db8::1"))
    }

    @Test func `B9: a TTL of 0 is believed for a second, and one of a week for an hour`() {
        let server = TestNameServer { [$0.addresses(["192.0.2.1"], ttl: $0.name == "zero.test" ? 0 : 604_800)] }
        let answers = ResolverBench(server).resolve([.addresses("zero.test."), .addresses("week.test.")])
        #expect(answers[.addresses("zero.test.")] == found("192.0.2.1", ttl: 1))
        #expect(answers[.addresses("week.test.")] == found("192.0.2.1", ttl: 3600))
    }

    @Test func `a TTL with the top bit set is 0`() {
        let server = TestNameServer { [$0.addresses(["192.0.2.1"], ttl: 0x8000_0E10)] }
        #expect(ResolverBench(server).addresses() == found("192.0.2.1", ttl: 1))
    }

    @Test func `a chain of aliases is followed, and its least TTL counts`() {
        let server = TestNameServer { query in
            [
                query.reply(
                    query.isA
                        ? [
                            .alias("chat.test", of: "Middle.Test", ttl: 40), .alias("middle.test", of: "end.test", ttl: 9),
                            .address("end.test", "192.0.2.9", ttl: 50),
                        ] : [])
            ]
        }
        #expect(ResolverBench(server).addresses() == found("192.0.2.9", ttl: 9))
    }

    @Test func `B9: 1,000 addresses come by TCP after a truncated answer, all of them once`() {
        let texts = (0..<1000).map { "10.0.\($0 / 250).\($0 % 250 + 1)" }
        let server = TestNameServer { query in
            guard query.isA else { return [query.reply()] }
            return [query.isTCP ? query.addresses(texts.reversed() + texts) : query.reply(truncated: true)]
        }
        #expect(ResolverBench(server).addresses() == .found(texts.map { FoundAddress(ip($0), ttl: 60) }))
        #expect(server.questions.filter { $0.isA }.map(\.isTCP) == [false, true])
    }

    @Test func `more than 1,000 addresses are cut to the same 1,000 whatever their order`() {
        let texts = (0..<1500).map { "10.1.\($0 / 250).\($0 % 250 + 1)" }
        let server = TestNameServer { query in
            guard query.isA else { return [query.reply()] }
            return [query.isTCP ? query.addresses(texts.shuffled()) : query.reply(truncated: true)]
        }
        #expect(ResolverBench(server).addresses() == .found(texts.prefix(1000).map { FoundAddress(ip($0), ttl: 60) }))
    }

    @Test func `200 names are answered in one call`() {
        let server = TestNameServer { query in
            let number = Int(query.name.dropFirst(4).prefix { $0 != "." }) ?? 0
            return [query.addresses(["10.2.0.\(number)"])]
        }
        let answers = ResolverBench(server).resolve(Set((1...200).map { .addresses("name\($0).test.") }))
        #expect(answers.count == 200)
        for number in 1...200 { #expect(answers[.addresses("name\(number).test.")] == found("10.2.0.\(number)")) }
        #expect(server.questions.count == 400)
    }

    @Test func `localhost is this machine, and asked of nobody`() {
        let server = TestNameServer { [$0.addresses(["192.0.2.66"])] }
        guard case .found(let found, _)? = ResolverBench(server).addresses(of: "localhost") else {
            Issue.record("not found")
            return
        }
        #expect(!found.isEmpty && found.allSatisfy { $0.address.isLoopback && $0.ttl == 3600 })
        #expect(server.questions.isEmpty)
    }

    @Test func `an address is its own answer`() {
        #expect(ResolverBench(TestNameServer { _ in [] }).addresses(of: "2001:db8::1") == found("2001:db8::1", ttl: 3600))
    }

    @Test func `no question has no answer, and a question that a look-up leaves out has failed`() {
        let silent = NameResolver { _, _ in [:] }
        #expect(silent.resolve([]).isEmpty)
        #expect(silent.resolve([.addresses("a")]) == [.addresses("a"): .failed(.timedOut)])
    }
}
