import Foundation
import Testing

@testable import Settings

/// The configurations a user starts from.
@Suite struct ShippedFilesTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "conf")

    @Test(arguments: [
        "tidegate.yaml", "examples/fastapi-voice.yaml", "examples/chat-two-backends.yaml", "examples/game.yaml",
    ])
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
            "file",
        ]
        for key in keys { #expect(text.contains("\(key):"), "\(key) is not documented") }
    }

    private static func read(_ name: String) throws -> Settings {
        let file = folder.appending(path: name)
        return try SettingsReader.read(bytes: Array(Data(contentsOf: file)), file: file.path()) { path in
            throw CocoaError(.fileNoSuchFile, userInfo: ["path": path])
        }.get()
    }
}
