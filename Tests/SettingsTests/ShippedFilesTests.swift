import Foundation
import Testing

@testable import Settings

/// The configurations a user starts from.
@Suite struct ShippedFilesTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "conf")

    private static let examples =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "examples").path())) ?? []

    @Test func `there are examples`() {
        #expect(Self.examples.count { $0.hasSuffix(".yaml") } >= 3)
    }

    @Test(arguments: ["tidegate.yaml"] + examples.map { "examples/\($0)" }.filter { $0.hasSuffix(".yaml") })
    func `a shipped configuration has no problem and no warning`(name: String) throws {
        let settings = try Self.read(name)
        #expect(settings.warnings.isEmpty)
        #expect(!settings.routes.isEmpty)
    }

    @Test func `the reference shows defaults, apart from what has none`() throws {
        let settings = try Self.read("tidegate.yaml")
        #expect(settings.workers == nil)
        #expect(settings.timeouts == Timeouts())
        #expect(settings.ping == PingSettings())
        #expect(settings.limits == Limits())
        #expect(settings.drain == DrainSettings())
        #expect(settings.admin == AdminSettings())
        #expect(settings.log == LogSettings())
        #expect(settings.forwarding == ForwardingSettings())
        #expect(settings.resolver == ResolverSettings())
        #expect(settings.pools[0].keepAlive == KeepAliveSettings())
        #expect(settings.pools[0].host == .preserve)
        #expect(settings.pools[0].proxyProtocol == nil)
        #expect(settings.pools[0].check == CheckSettings(kind: .http(HTTPCheckSettings())))
        #expect(settings.pools[0].ejection == EjectionSettings())
        #expect(settings.pools[0].whenDown == .keep)
        #expect(settings.pools[0].slowStart == SlowStartSettings(connections: 100))
        #expect(settings.pools[0].panicPercent == 50)
        #expect(settings.pools[0].maxConnections == nil)
        #expect(settings.pools[0].queue == QueueSettings())
        #expect(settings.pools[0].maxDials == 100)
        #expect(settings.pools[0].retry == RetrySettings())
        #expect(settings.pools[0].maxLifetime == LifetimeSettings())
        #expect(settings.pools[0].rebalance == RebalanceSettings())
        #expect(settings.pools[0].drain == .over(.seconds(30)))
        #expect(settings.pools[0].backends.allSatisfy { $0.state == .ready && $0.priority == 0 && !$0.isBackup })
        #expect(settings.pools[0].backends.allSatisfy { $0.resolution == .first })
        #expect(settings.pools[2].hash == HashSettings(parts: [.host, .query("room")]))
        #expect(settings.pools[1].tls == BackendTLSSettings(serverName: "voice.internal"))
        #expect(settings.listeners.allSatisfy { $0.redirectPort == nil && !$0.acceptsProxyProtocol })
        #expect(settings.routes[0].sseKeepAlive == nil)
        #expect(!settings.routes[0].carriesUpgradesOnly)
    }

    @Test func `the reference has a comment with each key there is`() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "tidegate.yaml"), encoding: .utf8)
        let keys = [
            "workers", "listeners", "name", "bind", "tls", "certificates", "certificate", "key", "minimum_version",
            "routes",
            "host", "path", "pool", "pools", "balance", "backends", "url", "weight", "max_connections", "timeouts",
            "handshake",
            "connect", "idle", "close", "half_close", "ping", "interval", "timeout", "limits", "buffer", "max_head",
            "max_headers", "max_message", "drain", "period", "trusted_proxies", "admin", "token", "log", "level",
            "format",
            "file", "redirect_to_https", "proxy_protocol", "respond", "status", "body", "content_type", "upgrade",
            "strip_prefix", "replace_path", "sse_keepalive", "request_headers", "response_headers", "set", "add", "remove",
            "ca", "server_name", "insecure_skip_verify", "keep_alive", "connections", "response", "forwarding",
            "forwarded", "traceparent", "resolver", "zone", "priority", "backup", "state", "resolve", "sticky", "cookie",
            "domain", "max_age", "secure", "http_only", "same_site", "keys", "check", "type", "fast_interval", "rise", "fall",
            "start", "port", "method", "subprotocol", "send", "expect", "ejection", "failures", "early_death", "base",
            "longest", "max_share", "when_down", "slow_start", "panic", "queue", "size", "max_dials", "retry", "attempts",
            "statuses", "max_lifetime", "time", "jitter", "rebalance", "threshold", "share", "over", "per_second", "hash",
            "max_load", "hold", "max_tls_handshakes", "servers",
        ]
        for key in keys { #expect(text.contains("\(key):"), "\(key) is not documented") }
    }

    @Test func `the cookie that the reference has in a comment is valid, and shows defaults`() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "tidegate.yaml"), encoding: .utf8)
        let indent = "    # "
        let lines = text.split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex(of: indent + "sticky:"))
        let block = lines[start...].prefix { $0.hasPrefix(indent) }.map { $0.dropFirst(indent.count) }
        let end = try #require(block.firstIndex { $0.hasPrefix("  keys:") })
        let sticky = block[...end].map { "    \($0)" }.joined(separator: "\n")
        let written = "routes: [ { pool: p } ]\nlisteners: [ { name: l, bind: \"127.0.0.1:1\" } ]\npools:\n  p:\n"
            + "    backends: [ \"ws://h\" ]\n\(sticky)\n"
        let settings = try SettingsReader.read(text: written, file: "t.yaml") { _ in Array(repeating: 0x61, count: 64) }.get()
        #expect(settings.pools.first?.sticky?.cookie == StickyCookie(name: "tidegate", domain: "chat.example.com"))
        #expect(settings.pools.first?.sticky?.keys.count == 1)
    }

    private static func read(_ name: String) throws -> Settings {
        let file = folder.appending(path: name)
        return try SettingsReader.read(bytes: Array(Data(contentsOf: file)), file: file.path()) { _ in
            Array("stand-in-of-a-secret".utf8)
        }.get()
    }
}
