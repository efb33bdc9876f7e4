import Balancing
import Routing
import Testing
import Wire

@testable import Settings

@Suite struct ValidFileTests {
    @Test func `a file of listeners, routes and pools has a default for all the rest`() throws {
        let settings = try read(minimal).get()
        #expect(settings.workers == nil)
        #expect(
            settings.timeouts
                == Timeouts(
                    handshake: .seconds(10), connect: .seconds(3), idle: nil, close: .seconds(5),
                    halfClose: .seconds(30)))
        #expect(settings.ping == PingSettings(interval: .seconds(30), timeout: .seconds(20)))
        #expect(
            settings.limits
                == Limits(maxConnections: 0, buffer: 65536, maxHead: 32768, maxHeaders: 100, maxMessage: nil))
        #expect(settings.drain.period == .seconds(30))
        #expect(settings.trustedProxies.isEmpty)
        #expect(settings.admin?.bind.description == "127.0.0.1:9180")
        #expect(settings.admin?.token == nil)
        #expect(settings.log == LogSettings(level: .info, format: .auto, file: nil))
        #expect(settings.warnings.isEmpty)
        #expect(settings.routes == [RouteSettings(name: "*/*", host: .any, path: .prefix([]), pool: "chat")])
        #expect(
            settings.pools == [
                PoolSettings(
                    name: "chat", balance: .roundRobin,
                    backends: [BackendSettings(url: "ws://127.0.0.1:9001", host: "127.0.0.1", port: 9001)])
            ])
    }

    @Test func `every key is read into its place`() throws {
        let settings = try read(
            """
            workers: 3
            listeners:
              - name: public
                bind: "[::]:8443"
                tls:
                  minimum_version: 1.3
                  certificates:
                    - { certificate: site.pem, key: /keys/site.key }
                    - { certificate: other.pem, key: other.key }
              - { name: inner, bind: unix:run/t.sock }
              - { name: passed, bind: systemd:web }
            routes:
              - { name: talk, host: "*.Example.com", path: /ws/*, pool: chat, listeners: [ public, passed ] }
              - { path: /voice, pool: voice }
            pools:
              chat:
                balance: power_of_two
                backends:
                  - { url: "ws://[2001:DB8::1]:9001", weight: 7, max_connections: 50 }
                  - ws://Chat.Internal
              voice: { balance: least_connections, backends: [ "ws://10.0.0.1:80/" ] }
            timeouts: { handshake: 1.5s, connect: 250ms, idle: 5m, close: 1s, half_close: 1h, response: 2m }
            ping: { interval: 10s, timeout: 5s }
            limits: { max_connections: 1000, buffer: 256KiB, max_head: 8KB, max_headers: 64, max_message: 1GiB }
            drain: { period: 0s }
            trusted_proxies: [ 10.0.0.0/8, "::1" ]
            admin: { bind: "0.0.0.0:9000", token: 0123456789abcdef }
            log: { level: debug, format: json, file: /var/log/t.log }
            """
        ).get()
        #expect(settings.workers == 3)
        #expect(settings.listeners.map(\.name) == ["public", "inner", "passed"])
        #expect(
            settings.listeners.map(\.bind.description) == ["[::]:8443", "unix:/etc/tidegate/run/t.sock", "systemd:web"])
        #expect(settings.listeners[0].tls?.minimumVersion == .tls13)
        #expect(
            settings.listeners[0].tls?.certificates == [
                CertificateSettings(certificate: "/etc/tidegate/site.pem", key: "/keys/site.key"),
                CertificateSettings(certificate: "/etc/tidegate/other.pem", key: "/etc/tidegate/other.key"),
            ])
        #expect(settings.listeners[1].tls == nil)
        #expect(settings.routes[0].name == "talk")
        #expect(settings.routes[0].host == .suffix("example.com"))
        #expect(settings.routes[0].path == .prefix(Array("/ws".utf8)))
        #expect(settings.routes[0].listeners == ["public", "passed"])
        #expect(settings.routes[1].name == "*/voice")
        #expect(settings.routes[1].listeners == nil)
        #expect(settings.pools.map(\.name) == ["chat", "voice"])
        #expect(settings.pools.map(\.balance) == [.powerOfTwo, .leastConnections])
        #expect(settings.pools[0].backends.map(\.label) == ["[2001:db8::1]:9001", "chat.internal:80"])
        #expect(settings.pools[0].backends.map(\.address) == [IPAddress("2001:db8::1"), nil])
        #expect(settings.pools[0].backends.map(\.weight) == [7, 1])
        #expect(settings.pools[0].backends.map(\.maxConnections) == [50, nil])
        #expect(
            settings.timeouts
                == Timeouts(
                    handshake: .milliseconds(1500), connect: .milliseconds(250), idle: .seconds(300),
                    close: .seconds(1), halfClose: .seconds(3600), response: .seconds(120)))
        #expect(settings.ping == PingSettings(interval: .seconds(10), timeout: .seconds(5)))
        #expect(
            settings.limits
                == Limits(maxConnections: 1000, buffer: 256 << 10, maxHead: 8000, maxHeaders: 64, maxMessage: 1 << 30))
        #expect(settings.drain.period == .zero)
        #expect(settings.trustedProxies.map(\.description) == ["10.0.0.0/8", "::1/128"])
        #expect(settings.admin?.bind.description == "0.0.0.0:9000")
        #expect(settings.admin?.token?.bytes == Array("0123456789abcdef".utf8))
        #expect(settings.log == LogSettings(level: .debug, format: .json, file: "/var/log/t.log"))
        #expect(settings.warnings.isEmpty)
    }

    @Test(arguments: ["off", "false"])
    func `off is off, and so is false, as YAML 1-1 would write it`(off: String) throws {
        let settings = try read(
            minimal + "ping: \(off)\nadmin: \(off)\ntimeouts: { idle: \(off) }\nlimits: { max_message: \(off) }\n"
        ).get()
        #expect(settings.ping == nil)
        #expect(settings.admin == nil)
        #expect(settings.timeouts.idle == nil)
        #expect(settings.limits.maxMessage == nil)
    }

    @Test func `sections that are on anyway may be said to be on`() throws {
        #expect(try read(minimal + "ping: on\nadmin: true\n").get() == read(minimal).get())
    }

    @Test func `names that YAML reads as numbers or booleans stay text`() throws {
        let text = """
            listeners: [ { name: 1, bind: "127.0.0.1:8080" } ]
            routes: [ { pool: on, listeners: [ 1 ] } ]
            pools: { on: { backends: [ "ws://h:1" ] } }
            """
        let settings = try read(text).get()
        #expect(settings.listeners[0].name == "1")
        #expect(settings.pools[0].name == "on")
    }

    @Test func `a section whose keys are all commented out has its defaults`() throws {
        let text = minimal + "timeouts:\n  # idle: 5m\nping:\nlimits: ~\ndrain:\ntrusted_proxies:\nadmin:\nlog: null\n"
        #expect(try read(text).get() == read(minimal).get())
    }

    @Test func `a setting knows where it was written`() throws {
        let settings = try read(minimal + "admin:\n  bind: 127.0.0.1:9000\n").get()
        #expect(settings.listeners[0].source.line == 2)
        #expect(settings.listeners[0].source.path == "listeners[0]")
        #expect(settings.routes[0].source.line == 4)
        #expect(settings.pools[0].backends[0].source.line == 6)
        #expect(settings.pools[0].backends[0].source.path == "pools.chat.backends[0]")
        #expect(settings.admin?.source.line == 8)
        #expect(
            Problem(at: settings.listeners[0].source, message: "port taken", remedy: "choose another").description
                == "/etc/tidegate/t.yaml:2: listeners[0]: port taken; choose another")
    }

    @Test func `a file whose lines only moved reads as equal settings`() throws {
        let moved = try read("# a comment\n\n" + minimal).get()
        #expect(try moved == read(minimal).get())
        #expect(moved.listeners[0].source.line == 4)
        #expect(try moved != read(minimal + "workers: 2").get())
    }

    @Test func `routes of one host and path that differ by listeners get names of their own`() throws {
        let text = """
            listeners:
              - { name: a, bind: "127.0.0.1:1" }
              - { name: b, bind: "127.0.0.1:2" }
            routes:
              - { path: /x, pool: p, listeners: [ a ] }
              - { path: /x, pool: p, listeners: [ b ] }
            pools: { p: { backends: [ "ws://h" ] } }
            """
        #expect(try read(text).get().routes.map(\.name) == ["*/x", "*/x@b"])
    }

    @Test func `bytes are read like text, a byte order mark and CR LF included`() throws {
        let text = "\u{feff}" + minimal.split(separator: "\n").joined(separator: "\r\n")
        let result = SettingsReader.read(bytes: Array(text.utf8), file: "t.yaml") { _ in [] }
        #expect(try result.get() == read(minimal).get())
    }
}
