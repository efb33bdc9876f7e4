import Testing

@testable import Settings

@Suite struct BackendKeysTests {
    private func backend(_ keys: String) throws -> BackendSettings {
        try #require(read(file(pool: "backends: [ { \(keys) } ]")).get().pools.first?.backends.first)
    }

    @Test func `a backend is ready, of the first priority, in no zone and no backup`() throws {
        let backend = try backend("url: \"ws://h\"")
        #expect(!backend.isBackup)
        #expect(backend.priority == 0)
        #expect(backend.zone == nil)
        #expect(backend.state == .ready)
        #expect(backend.resolution == .first)
        #expect(!backend.isService)
        #expect(try read(file(pool: "backends: [ \"ws://h\" ]")).get().pools[0].backends == [backend])
    }

    @Test func `every key is read`() throws {
        let keys = "weight: 3, max_connections: 9, backup: true, priority: 15, zone: eu-1.a, state: maint, resolve: each"
        let backend = try backend("url: \"ws://h:1\", \(keys)")
        #expect(
            backend
                == BackendSettings(
                    url: "ws://h:1", host: "h", port: 1, weight: 3, maxConnections: 9, isBackup: true, priority: 15,
                    zone: "eu-1.a", state: .maint, resolution: .each))
        #expect(try self.backend("url: \"ws://h\", state: drain").state == .drain)
    }

    @Test(arguments: ["backup: true", "state: maint", "state: drain"])
    func `a pool of nothing but backups, or of nothing that is ready, is legal`(key: String) throws {
        let settings = try read(file(pool: "backends: [ { url: \"ws://a\", \(key) }, { url: \"ws://b\", \(key) } ]")).get()
        #expect(settings.pools[0].backends.count == 2)
        #expect(settings.warnings.isEmpty)
    }

    @Test(
        arguments: [
            ("srv+ws://Chat.Service.Consul", .ws, "chat.service.consul"), ("srv+wss://_ws._tcp.example.com/", .wss, "_ws._tcp.example.com"),
            ("SRV+HTTP://h", .http, "h"), ("srv+https://h.", .https, "h."),
        ] as [(String, BackendSettings.Scheme, String)])
    func `SRV records are a backend by their name, with no port of its own`(
        url: String, scheme: BackendSettings.Scheme, name: String
    ) throws {
        let backend = try backend("url: \"\(url)\", max_connections: 5, backup: true, zone: a, state: drain")
        #expect(backend.isService)
        #expect(backend.url == url)
        #expect(backend.scheme == scheme)
        #expect(backend.host == name)
        #expect(backend.port == 0)
        #expect(backend.address == nil)
        #expect(backend.label == "srv:\(name)")
        #expect(backend.maxConnections == 5)
    }

    @Test func `a name by its records and by its addresses are two backends`() throws {
        #expect(try pool("panic: 1", backends: "\"srv+ws://h\", \"ws://h\"")?.backends.map(\.label) == ["srv:h", "h:80"])
        #expect(
            poolComplaint("panic: 1", backends: "\"srv+ws://h\", \"srv+wss://h\"").contains("backends[1]: srv:h is in this pool already"))
    }

    @Test(arguments: [
        ("url: \"srv+ws://h:80\"", "url: ports come from the SRV records; write srv+ws://h, or no `srv+`"),
        ("url: \"srv+wss://10.0.0.1\"", "url: `10.0.0.1` is an address, and SRV records belong to names; write srv+wss://NAME"),
        ("url: \"srv+ws://[::1]\"", "`::1` is an address"), ("url: \"srv+unix:/a\"", "is no URL"),
        ("url: \"srv+tcp://h\"", "the scheme of a backend is ws, http, wss or https, perhaps with srv+ before it"),
        ("url: \"srv+srv+ws://h\"", "the scheme of a backend"), ("url: \"srv+ws://h/x\"", "write srv+ws://h; routes have"),
        ("url: \"srv+ws://u@h\"", "write srv+ws://HOST:PORT alone"),
        ("url: \"srv+ws://h\", weight: 2", "weight: `weight` comes from the SRV records; remove it"),
        ("url: \"srv+ws://h\", priority: 1", "priority: `priority` comes from the SRV records"),
        ("url: \"srv+ws://h\", resolve: first", "resolve: each SRV record is a backend of its own; remove `resolve`"),
        ("url: \"ws://10.0.0.1\", resolve: each", "resolve: there is no name in the URL that could have several addresses"),
        ("url: \"ws://[::1]\", resolve: each", "there is no name in the URL"), ("url: \"unix:/a\", resolve: each", "there is no name in the URL"),
        ("url: \"ws://h\", resolve: all", "resolve: `all` is none of the choices; write one of first, each"),
        ("url: \"ws://h\", backup: 1", "backup: `1` is neither true nor false"),
        ("url: \"ws://h\", priority: 16", "priority: 16 is out of range; write a whole number from 0 to 15"),
        ("url: \"ws://h\", zone: a b", "zone: `a...` is no name; use 1 to 64 letters"), ("url: \"ws://h\", zone: ", "zone: has no value"),
        ("url: \"ws://h\", state: down", "state: `down` is none of the choices; write one of ready, drain, maint"),
        ("url: \"ws://h\", state: drian", "did you mean `drain`?"), ("url: \"ws://h\", wait: 1", "unknown key"),
    ])
    func `what cannot be used is refused`(keys: String, message: String) {
        let found = complaint(file(pool: "backends: [ { \(keys) } ]"))
        #expect(found.hasPrefix("6: pools.chat.backends[0]"))
        #expect(found.contains(message))
        #expect(!found.contains("\n"))
    }

    @Test func `zones of backends beside a proxy without one are a warning`() throws {
        let text = file(pool: "backends: [ \"ws://a\", { url: \"ws://b\", zone: z } ]")
        #expect(try warnings(text) == ["6 pools.chat.backends[1]: zones of backends are not looked at, as this proxy has none"])
        #expect(try warnings(text + "zone: z").isEmpty)
    }

    @Test func `a zone of the proxy where no backend is, is a warning`() throws {
        let message = "no backend is in this zone, so none is preferred"
        #expect(try warnings(minimal + "zone: z") == ["7 zone: \(message)"])
        let another = file(pool: "backends: [ { url: \"ws://b\", zone: y } ]") + "zone: z"
        #expect(try read(another).get().warnings.map(\.message) == [message])
        let refused = read(file(pool: "backends: [ { url: \"ws://b:0\", zone: z } ]") + "zone: z")
        guard case .failure(let problems) = refused else { return #expect(Bool(false), "port 0 was taken") }
        #expect(problems.warnings.isEmpty)
    }
}
