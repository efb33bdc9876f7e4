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
}
