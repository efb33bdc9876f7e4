import Testing

@testable import Settings

@Suite struct PoolKeysTests {
    private static let encrypted = "backends: [ \"wss://h\" ]"

    private func pool(_ text: String) throws -> PoolSettings {
        try #require(read(file(pool: text)).get().pools.first)
    }

    private func refusal(_ key: String) -> String {
        complaint(file(pool: "\(Self.encrypted), \(key)"))
    }

    @Test func `backends of every kind stand in one pool, with labels of their own`() throws {
        let urls = ["ws://h", "http://i", "wss://h", "https://i:8443", "unix:run/a.sock", "unix:/run/b.sock"]
        let list = urls.map { "\"\($0)\"" }.joined(separator: ", ")
        let pool = try pool("backends: [ \(list) ]")
        #expect(pool.backends.map(\.url) == urls)
        #expect(pool.backends.map(\.scheme) == [.ws, .http, .wss, .https, .ws, .ws])
        #expect(
            pool.backends.map(\.label) == [
                "h:80", "i:80", "h:443", "i:8443", "unix:/etc/tidegate/run/a.sock", "unix:/run/b.sock",
            ])
        #expect(pool.backends.map(\.unixPath) == [nil, nil, nil, nil, "/etc/tidegate/run/a.sock", "/run/b.sock"])
        #expect(try warnings(file(pool: "backends: [ \(list) ]")).isEmpty)
    }

    @Test(arguments: [
        ("\"ws://h\", \"http://h\"", "h:80"), ("\"wss://h:9\", \"ws://h:9\"", "h:9"),
        ("\"unix:a\", \"unix:/etc/tidegate/a\"", "unix:/etc/tidegate/a"),
    ])
    func `two backends at one place are refused, whatever their schemes`(list: String, label: String) {
        #expect(
            complaint(file(pool: "backends: [ \(list) ]"))
                == "6: pools.chat.backends[1]: \(label) is in this pool already, in line 6; remove one; `weight` gives it a larger share"
        )
    }

    @Test func `every key of tls is read`() throws {
        let keys = "ca: ca.pem, server_name: API.Example.com., certificate: c.pem, key: /k, minimum_version: 1.3"
        #expect(
            try pool("\(Self.encrypted), tls: { \(keys) }").tls
                == BackendTLSSettings(
                    authorities: "/etc/tidegate/ca.pem", serverName: "api.example.com",
                    certificate: CertificateSettings(certificate: "/etc/tidegate/c.pem", key: "/k"),
                    minimumVersion: .tls13, skipsVerification: false))
        #expect(try pool(Self.encrypted).tls == BackendTLSSettings())
        #expect(try pool("\(Self.encrypted), tls: { insecure_skip_verify: false }").tls == BackendTLSSettings())
        #expect(try pool("\(Self.encrypted), tls: ").tls == BackendTLSSettings())
    }

    @Test(arguments: [("10.0.0.1", "10.0.0.1"), ("2001:DB8::1", "2001:db8::1"), ("[::1]", "::1"), ("A_b-c", "a_b-c")])
    func `a server's name is a name or an address`(text: String, name: String) throws {
        #expect(try pool("\(Self.encrypted), tls: { server_name: \"\(text)\" }").tls.serverName == name)
    }

    @Test(arguments: [
        ("tls: { certificate: c.pem }", "6: pools.chat.tls: `key` is missing; write key: FILE, in PEM format"),
        ("tls: { key: c.key }", "6: pools.chat.tls: `certificate` is missing"),
        ("tls: { server_name: \"*.example.com\" }", "tls.server_name: `*.example.com` is no host name"),
        ("tls: { server_name: \"h:443\" }", "is no host name"), ("tls: { server_name: \"[10.0.0.1]\" }", "is no host name"),
        ("tls: { server_name: 127.1 }", "is no IPv4 address"),
        ("tls: { minimum_version: 1.1 }", "tls.minimum_version: `1.1` is none of the choices"),
        ("tls: { insecure_skip_verify: yes }", "`yes` is neither true nor false"),
        ("tls: { cert: x }", "tls.cert: unknown key"), ("tls: { insecure: true }", "did you mean `insecure_skip_verify`?"),
        ("tls: true", "tls: a mapping is wanted here, not a single value"), ("tls: { ca: }", "tls.ca: has no value"),
        ("host: a b", "host: this is no host; write preserve, backend, or what backends shall see"),
        ("host: \"h:0\"", "is no host"), ("host: \"http://h\"", "is no host"), ("host: \"u@h\"", "is no host"),
        ("host: \"\"", "has no value"), ("host: \"h:65536\"", "is no host"), ("host: \"::1\"", "is no host"),
        ("keep_alive: 10", "keep_alive: a mapping is wanted here, not a single value; write on, off, or `key"),
        ("keep_alive: { connections: 10001 }", "10001 is out of range; write a whole number from 0 to 10000"),
        ("keep_alive: { timeout: 500ms }", "500ms is out of range; write a duration from 1s to 1h"),
        ("keep_alive: { timeout: 2h }", "2h is out of range"), ("keep_alive: { conections: 1 }", "did you mean `connections`?"),
        ("proxy_protocol: v3", "proxy_protocol: `v3` is none of the choices; did you mean `v1`?"),
        ("proxy_protocol: true", "`true` is none of the choices; write one of off, v1, v2"),
        ("request_header: {}", "did you mean `request_headers`?"),
    ])
    func `what cannot be used is refused`(key: String, message: String) {
        let found = refusal(key)
        #expect(found.contains(message))
        #expect(found.hasPrefix("6: pools.chat."))
        #expect(!found.contains("\n"))
    }

    @Test func `a pool without verification is told by its name`() throws {
        let text = file(pool: "\(Self.encrypted), tls: { insecure_skip_verify: true }")
        #expect(try read(text).get().pools[0].tls.skipsVerification)
        #expect(
            try warnings(text) == [
                "6 pools.chat.tls.insecure_skip_verify: the pool `chat` believes any certificate: whoever gets between reads and changes everything"
            ])
    }

    @Test func `tls for backends that are all plain is a warning`() throws {
        let warning = "6 pools.chat.tls: no backend of this pool is spoken to by TLS"
        #expect(try warnings(file(pool: "backends: [ \"ws://h\", \"unix:/x\" ], tls: { ca: a.pem }")) == [warning])
        #expect(try warnings(file(pool: "backends: [ \"ws://h\", \"https://h\" ], tls: { ca: a.pem }")).isEmpty)
        let refused = read(file(pool: "backends: [ \"ws://h\", \"wss://h:0\" ], tls: { ca: a.pem }"))
        guard case .failure(let problems) = refused else { return #expect(Bool(false), "port 0 was taken") }
        #expect(problems.errors.map(\.path) == ["pools.chat.backends[1]"])
        #expect(problems.warnings.isEmpty)
    }

    @Test(
        arguments: [
            ("preserve", .preserve), ("backend", .backend), ("api.example.com", .name("api.example.com")),
            ("API.Example.com.:8443", .name("api.example.com:8443")), ("[::1]:80", .name("[::1]:80")),
            ("10.0.0.1", .name("10.0.0.1")), ("backend1", .name("backend1")),
        ] as [(String, PoolSettings.HostPolicy)])
    func `backends see the client's host, their own, or a given one`(
        text: String, policy: PoolSettings.HostPolicy
    ) throws {
        let text = file(pool: "\(Self.encrypted), host: \"\(text)\"")
        #expect(try read(text).get().pools[0].host == policy)
        #expect(try warnings(text).isEmpty)
        #expect(try pool(Self.encrypted).host == .preserve)
    }

    @Test(arguments: ["preserved", "presrve", "backnd"])
    func `a host that looks like a word misspelled is a warning`(text: String) throws {
        let settings = try read(file(pool: "\(Self.encrypted), host: \(text)")).get()
        #expect(settings.pools[0].host == .name(text))
        #expect(settings.warnings.map(\.message) == ["backends will be told that their host is `\(text)`"])
    }

    @Test func `idle connections are kept, or not`() throws {
        #expect(try pool(Self.encrypted).keepAlive == KeepAliveSettings(connections: 32, timeout: .seconds(30)))
        #expect(try pool("\(Self.encrypted), keep_alive: off").keepAlive.connections == 0)
        #expect(try pool("\(Self.encrypted), keep_alive: on").keepAlive == KeepAliveSettings())
        #expect(
            try pool("\(Self.encrypted), keep_alive: { connections: 0, timeout: 1h }").keepAlive
                == KeepAliveSettings(connections: 0, timeout: .seconds(3600)))
        #expect(
            try pool("\(Self.encrypted), keep_alive: { connections: 10000 }").keepAlive
                == KeepAliveSettings(connections: 10000, timeout: .seconds(30)))
    }

    @Test func `backends may be sent the PROXY protocol`() throws {
        #expect(try pool("\(Self.encrypted), proxy_protocol: v1").proxyProtocol == .v1)
        #expect(try pool("\(Self.encrypted), proxy_protocol: v2").proxyProtocol == .v2)
        #expect(try pool("\(Self.encrypted), proxy_protocol: off").proxyProtocol == nil)
        #expect(try pool(Self.encrypted).proxyProtocol == nil)
    }
}
