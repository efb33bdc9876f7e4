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
            "forwarded", "traceparent", "resolver",
        ]
        for key in keys { #expect(text.contains("\(key):"), "\(key) is not documented") }
    }

    private static func read(_ name: String) throws -> Settings {
        let file = folder.appending(path: name)
        return try SettingsReader.read(bytes: Array(Data(contentsOf: file)), file: file.path()) { _ in
            Array("stand-in-of-a-secret".utf8)
        }.get()
    }
}
