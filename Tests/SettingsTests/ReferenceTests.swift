import Testing

@testable import Settings

@Suite struct ReferenceTests {
    private func file(listeners: [String] = [], routes: [String] = [], pools: [String] = [], rest: String = "")
        -> String
    {
        func block(_ key: String, _ lines: [String], _ otherwise: String) -> String {
            "\(key):\n" + (lines.isEmpty ? [otherwise] : lines).map { "  \($0)\n" }.joined()
        }
        return block("listeners", listeners, "- { name: plain, bind: \"127.0.0.1:8080\" }")
            + block("routes", routes, "- { pool: chat }")
            + block("pools", pools, "chat: { backends: [ \"ws://127.0.0.1:9001\" ] }") + rest
    }

    @Test func `a route to a pool that is not there is told with its neighbour`() {
        let found = complaint(file(routes: ["- { pool: chta }"]))
        #expect(found == "4: routes[0].pool: there is no pool `chta`; did you mean `chat`?")
    }

    @Test func `a route on a listener that is not there, listed twice or on none is refused`() {
        #expect(
            complaint(file(routes: ["- { pool: chat, listeners: [ plian ] }"])).contains(
                "there is no listener `plian`; did you mean `plain`?"))
        #expect(complaint(file(routes: ["- { pool: chat, listeners: [ plain, plain ] }"])).contains("listed twice"))
        #expect(complaint(file(routes: ["- { pool: chat, listeners: [] }"])).contains("the list of listeners is empty"))
    }

    @Test func `a pool with a problem of its own is not missing as well`() {
        let found = complaint(file(pools: ["chat: { backends: [] }"]))
        #expect(found == "6: pools.chat.backends: the list of backends is empty; write at least one")
    }

    @Test func `two routes with one host, path and listener are refused, with both lines`() {
        let found = complaint(
            file(routes: [
                "- { host: a.b, path: /x, pool: chat }", "- { pool: chat }", "- { host: A.B., path: /%78, pool: chat }",
            ]))
        #expect(found.hasPrefix("6: routes[2]: the same host and path as routes[0] in line 4: a.b /x; remove one"))
    }

    @Test func `two listeners of one name are refused, with both lines`() {
        let found = complaint(
            file(listeners: ["- { name: a, bind: \"127.0.0.1:1\" }", "- { name: a, bind: \"127.0.0.1:2\" }"]))
        #expect(found == "3: listeners[1].name: the name `a` is taken by the listener in line 2; choose another")
    }

    @Test func `two routes of one name are refused, a made one and a written one too`() {
        let written = file(routes: ["- { name: r, path: /a, pool: chat }", "- { name: r, path: /b, pool: chat }"])
        #expect(complaint(written).contains("the name `r` is taken by the route in line 4"))
        let made = file(routes: [
            "- { name: */b, path: /a, pool: chat }".replacing("*/b", with: "\"*/b\""), "- { path: /b, pool: chat }",
        ])
        #expect(complaint(made).contains("is named `*/b`"))
    }

    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1:80"), ("0.0.0.0:80", "127.0.0.1:80"), ("127.0.0.1:80", "0.0.0.0:80"),
        ("[::]:80", "[::1]:80"), ("unix:a.sock", "unix:/etc/tidegate/a.sock"), ("systemd:x", "systemd:x"),
    ])
    func `two listeners on one place are refused`(one: String, other: String) {
        let found = complaint(
            file(listeners: ["- { name: a, bind: \"\(one)\" }", "- { name: b, bind: \"\(other)\" }"]))
        #expect(found.hasPrefix("3: listeners[1]: "))
        #expect(found.contains("listener a"))
    }

    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1:81"), ("127.0.0.1:80", "127.0.0.2:80"), ("127.0.0.1:80", "[::1]:80"),
        ("unix:a", "unix:b"), ("systemd:x", "systemd:y"),
    ])
    func `two listeners on two places are not`(one: String, other: String) {
        let text = file(listeners: ["- { name: a, bind: \"\(one)\" }", "- { name: b, bind: \"\(other)\" }"])
        #expect(complaint(text) == "")
    }

    @Test func `the admin endpoint's place counts, its default too`() {
        let written = file(rest: "admin: { bind: \"127.0.0.1:8080\" }")
        #expect(complaint(written).hasPrefix("7: admin: 127.0.0.1:8080 is taken by listener plain"))
        let byDefault = file(listeners: ["- { name: a, bind: \"0.0.0.0:9180\" }"])
        #expect(complaint(byDefault).contains("admin: 127.0.0.1:9180 overlaps with listener a on 0.0.0.0"))
        #expect(complaint(byDefault + "admin: off") == "")
    }

    @Test func `a backend twice in a pool is refused, however it is spelled`() {
        let found = complaint(file(pools: ["chat: { backends: [ \"ws://H:80\", \"ws://x\", \"ws://h/\" ] }"]))
        #expect(found.contains("pools.chat.backends[2]: h:80 is in this pool already"))
    }

    @Test func `more backends than a pool may have are refused`() {
        let backends = (0...PoolSettings.mostBackends).map { "\"ws://h\($0)\"" }.joined(separator: ", ")
        #expect(complaint(file(pools: ["chat: { backends: [ \(backends) ] }"])).contains("4097 backends are too many"))
    }

    @Test func `what works but is hardly meant is a warning`() throws {
        let text = file(
            listeners: ["- { name: a, bind: \"127.0.0.1:1\" }", "- { name: b, bind: \"127.0.0.1:2\" }"],
            routes: ["- { pool: chat, listeners: [ a ] }"],
            pools: ["chat: { backends: [ \"ws://h\" ] }", "spare: { backends: [ \"ws://h\" ] }"],
            rest: "timeouts: { handshake: 1s }\ntrusted_proxies: [ 0.0.0.0/0 ]\nadmin: { bind: \"10.0.0.1:1\" }\n")
        let warnings = try read(text).get().warnings
        #expect(
            warnings.map { "\($0.line ?? 0) \($0.path): \($0.message)" } == [
                "3 listeners[1]: no route serves this listener",
                "8 pools.spare: no route leads to this pool",
                "9 timeouts: `connect` is longer than `handshake`, which ends every dial before it",
                "10 trusted_proxies[0]: every peer is believed",
                "11 admin: without a `token` /api is not served beyond loopback",
            ])
    }

    @Test func `a short token is a warning, a long one is not`() throws {
        #expect(
            try read(minimal + "admin: { token: secret }").get().warnings.map(\.message) == [
                "the token is short enough to be guessed"
            ])
        #expect(try read(minimal + "admin: { token: 0123456789abcdef }").get().warnings.isEmpty)
    }
}
