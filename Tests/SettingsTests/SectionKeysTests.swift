import Testing

@testable import Settings

@Suite struct SectionKeysTests {
    private func timeouts(_ text: String) throws -> Timeouts {
        try read(minimal + "timeouts: { \(text) }").get().timeouts
    }

    @Test func `the wait for an answer is as long as the handshake's where only that is written`() throws {
        #expect(try read(minimal).get().timeouts.response == .seconds(300))
        #expect(try timeouts("connect: 1s").response == .seconds(300))
        #expect(try timeouts("handshake: 7s").response == .seconds(7))
        #expect(try timeouts("handshake: 7s, response: 1h").response == .seconds(3600))
        #expect(try timeouts("response: 10ms, handshake: 7s").response == .milliseconds(10))
        #expect(try timeouts("handshake: 7s, response: off").response == nil)
    }

    @Test func `the timeouts of plain requests are read`() throws {
        let defaults = try read(minimal).get().timeouts
        #expect(defaults.keepAlive == .seconds(60))
        #expect(defaults.body == .seconds(30))
        let written = try timeouts("keep_alive: 24h, body: 1h, response: 24h")
        #expect(written.keepAlive == .seconds(86400))
        #expect(written.body == .seconds(3600))
        #expect(written.response == .seconds(86400))
    }

    @Test(arguments: [
        ("timeouts: { response: 25h }", "timeouts.response: 25h is out of range; write a duration from 10ms to 24h"),
        ("timeouts: { response: 9ms }", "timeouts.response: 9ms is out of range"),
        ("timeouts: { keep_alive: off }", "timeouts.keep_alive: `off` is no duration"),
        ("timeouts: { keep_alive: 25h }", "from 10ms to 24h"),
        ("timeouts: { body: 61m }", "timeouts.body: 61m is out of range; write a duration from 10ms to 1h"),
        ("forwarding: { forwarded: maybe }", "forwarding.forwarded: `maybe` is neither true nor false"),
        ("forwarding: { traceparent: make }", "forwarding.traceparent: `make` is none of the choices"),
        ("forwarding: { tracparent: pass }", "did you mean `traceparent`?"), ("forwarding: on", "a mapping is wanted"),
        ("resolver: { interval: 500ms }", "resolver.interval: 500ms is out of range; write a duration from 1s to 24h"),
        ("resolver: { servers: dns }", "resolver.servers: a list of servers is wanted here"),
        ("resolver: { servers: [ dns.example ] }", "resolver.servers[0]: `dns.example` is no IP address; write an IP address"),
        ("resolver: { servers: [ \"10.0.0.2:0\" ] }", "`0` is no port"), ("resolver: { servers: [ \"[10.0.0.2]:53\" ] }", "is no IP address"),
        ("resolver: { servers: [ \"10.0.0.2:53:53\" ] }", "is no IP address"),
        ("resolver: { servers: [ 10.0.0.2, \"10.0.0.2:53\" ] }", "servers[1]: 10.0.0.2:53 is listed twice"),
        ("resolver: { servers: [ a, a, a, a, a, a, a, a, a ] }", "9 servers are too many; write at most 8"),
        ("limits: { max_tls_handshakes: 100001 }", "limits.max_tls_handshakes: 100001 is out of range; write a whole number from 0 to"),
        ("zone: a b", "zone: `a...` is no name"), ("zone: []", "zone: a single value is wanted here"), ("zone:", "zone: has no value"),
        ("resolver: { interval: 25h }", "25h is out of range"), ("resolver: 30s", "resolver: a mapping is wanted"),
    ])
    func `what cannot be used is refused`(line: String, message: String) {
        let found = complaint(minimal + line)
        #expect(found.hasPrefix("7: "))
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }

    @Test func `what backends are told is read`() throws {
        #expect(try read(minimal).get().forwarding == ForwardingSettings(forwarded: false, traceparent: .pass))
        #expect(
            try read(minimal + "forwarding: { forwarded: true, traceparent: create }").get().forwarding
                == ForwardingSettings(forwarded: true, traceparent: .create))
        #expect(
            try read(minimal + "forwarding: { forwarded: false, traceparent: pass }").get().forwarding
                == ForwardingSettings())
    }

    @Test func `names are asked for again every 30 seconds, or as written, or never`() throws {
        #expect(try read(minimal).get().resolver.interval == .seconds(30))
        #expect(try read(minimal + "resolver: { interval: 24h }").get().resolver.interval == .seconds(86400))
        #expect(try read(minimal + "resolver: { interval: off }").get().resolver.interval == nil)
    }

    @Test func `name servers are addresses, with or without a port`() throws {
        let servers = try read(
            minimal + "resolver: { servers: [ 10.0.0.2, \"10.0.0.2:5353\", \"2001:DB8::53\", \"[::1]\", \"[::1]:54\" ] }"
        ).get().resolver.servers
        #expect(servers.map(\.description) == ["10.0.0.2:53", "10.0.0.2:5353", "[2001:db8::53]:53", "[::1]:53", "[::1]:54"])
        #expect(try read(minimal).get().resolver.servers.isEmpty)
        #expect(try read(minimal + "resolver: { servers: [] }").get().resolver == ResolverSettings())
    }

    @Test func `handshakes under way are bounded, or not`() throws {
        #expect(try read(minimal).get().limits.maxTLSHandshakes == 64)
        #expect(try read(minimal + "limits: { max_tls_handshakes: 0 }").get().limits.maxTLSHandshakes == 0)
    }

    @Test func `the proxy may stand in a zone`() throws {
        #expect(try read(minimal).get().zone == nil)
        #expect(try read(minimal + "zone: eu-1.a").get().zone == "eu-1.a")
    }
}
