import ControlPlane
import DataPlane
import Dispatch
import Foundation
import Testing

/// Real requests to a really bound server.
@Suite("The admin endpoint, over sockets", .serialized)
struct AdminServerTests {
    private let log = LogSink(level: .debug, format: .text)

    /// Starting and stopping block, so they happen on a thread that may.
    private func serving(
        _ source: FakeSource = FakeSource(), bind: AdminBind = .ip(host: "127.0.0.1", port: 0), token: String? = nil,
        limits: AdminLimits = AdminLimits(), _ body: @escaping @Sendable (AdminHandle) throws -> Void
    ) async throws {
        let log = self.log
        try await onThread {
            let handle = try AdminHandle.start(
                bind: bind, token: token.map { Array($0.utf8) }, source: source, limits: limits, log: log)
            defer { #expect(handle.stop(nanoseconds: unhurried)) }
            try body(handle)
        }
    }

    private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    @Test("A10: live and ready say 200, and each says 503 on its own")
    func health() async throws {
        let source = FakeSource()
        try await serving(source) { handle in
            let port = try #require(handle.port)
            #expect(try AdminClient(port: port).ask("/livez")?.text == "ok\n")
            #expect(try AdminClient(port: port).ask("/readyz")?.status == 200)
            source.setReady(false)
            #expect(try AdminClient(port: port).ask("/readyz")?.status == 503)
            #expect(try AdminClient(port: port).ask("/livez")?.status == 200)
            source.setReady(true)
            source.setLive(false)
            #expect(try AdminClient(port: port).ask("/livez")?.status == 503)
            #expect(try AdminClient(port: port).ask("/readyz")?.status == 200)
        }
    }

    @Test("metrics come in the format that was asked for, uncached and unsniffed")
    func metrics() async throws {
        try await serving { handle in
            let port = try #require(handle.port)
            let plain = try #require(try AdminClient(port: port).ask("/metrics"))
            #expect(plain.text == "x 1\n")
            #expect(plain.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(plain.field("Cache-Control") == "no-store")
            #expect(plain.field("X-Content-Type-Options") == "nosniff")
            #expect(plain.field("Content-Length") == "4")
            let open = try #require(
                try AdminClient(port: port).ask(
                    "/metrics?name=x", fields: ["Accept: application/openmetrics-text; version=1.0.0"]))
            #expect(open.text == "# EOF\n")
            #expect(open.field("Content-Type")?.hasPrefix("application/openmetrics-text; version=1.0.0") == true)
        }
    }

    @Test("HEAD is GET without a body; other methods are refused and told what is allowed")
    func methods() async throws {
        try await serving { handle in
            let port = try #require(handle.port)
            let head = try #require(try AdminClient(port: port).ask("/metrics", method: "HEAD"))
            #expect(head.status == 200)
            #expect(head.field("Content-Length") == "4")
            #expect(head.body.isEmpty)
            let post = try #require(try AdminClient(port: port).ask("/readyz", method: "POST", fields: ["Content-Length: 0"]))
            #expect(post.status == 405)
            #expect(post.field("Allow") == "GET, HEAD")
            #expect(try AdminClient(port: port).ask("/nothing")?.status == 404)
            #expect(try AdminClient(port: port).ask("/livez/")?.status == 404)
        }
    }

    @Test("A2: a foreign, missing or second Host is refused on loopback, whatever the path")
    func hosts() async throws {
        try await serving { handle in
            let port = try #require(handle.port)
            for host in ["localhost", "127.0.0.1:\(port)", "[::1]:1", "LOCALHOST:80"] {
                #expect(try AdminClient(port: port).ask("/metrics", host: host)?.status == 200, "\(host)")
            }
            for path in ["/metrics", "/livez", "/api/v1", "/nothing"] {
                #expect(try AdminClient(port: port).ask(path, host: "evil.example")?.status == 403, "\(path)")
            }
            let second = try AdminClient(port: port).ask("/metrics", fields: ["Host: evil.example"])
            #expect(second?.status == 403 || second?.status == 400)
            let client = try AdminClient(port: port)
            client.send("GET /metrics HTTP/1.0\r\nConnection: close\r\n\r\n")
            #expect(client.readToEnd().flatMap(AdminClient.parse)?.status == 403)
        }
    }

    @Test("one connection serves many requests")
    func keepAlive() async throws {
        try await serving { handle in
            let client = try AdminClient(port: #require(handle.port))
            for _ in 0..<3 { client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            let bytes = try #require({ () -> [UInt8]? in
                client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return client.readToEnd()
            }())
            #expect(String(decoding: bytes, as: UTF8.self).components(separatedBy: "HTTP/1.1 200 OK").count == 5)
        }
    }

    @Test("a taken port is told at once, and the port is free again after a stop")
    func portTaken() async throws {
        try await serving { handle in
            let port = try #require(handle.port)
            #expect(throws: AdminProblem.self) {
                try AdminHandle.start(
                    bind: .ip(host: "127.0.0.1", port: port), token: nil, source: FakeSource(), log: log)
            }
        }
        try await onThread {
            let first = try AdminHandle.start(
                bind: .ip(host: "127.0.0.1", port: 0), token: nil, source: FakeSource(), log: log)
            let port = try #require(first.port)
            let open = try AdminClient(port: port)
            open.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(first.stop(nanoseconds: unhurried))
            #expect(first.stop(), "a second stop finds it ended")
            #expect(open.readToEnd() != nil, "an open connection is cut")
            let second = try AdminHandle.start(
                bind: .ip(host: "127.0.0.1", port: port), token: nil, source: FakeSource(), log: log)
            #expect(try AdminClient(port: port).ask("/livez")?.status == 200)
            #expect(second.stop(nanoseconds: unhurried))
        }
    }

    @Test("A9: a scraper that never reads is cut, and others are served meanwhile")
    func neverReads() async throws {
        var limits = AdminLimits()
        limits.requestSeconds = 1
        let source = FakeSource(body: [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 20))
        try await serving(source, limits: limits) { handle in
            let port = try #require(handle.port)
            let deaf = try AdminClient(port: port)
            deaf.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try AdminClient(port: port).ask("/livez")?.status == 200)
            // Without a byte being read, only a reset can be told.
            var request = pollfd(fd: deaf.descriptor, events: 0, revents: 0)
            #expect(poll(&request, 1, 10_000) == 1)
        }
    }

    @Test("A9: a head that comes drop by drop, and a connection that says nothing, end in time")
    func slow() async throws {
        var limits = AdminLimits()
        limits.idleSeconds = 1
        try await serving(limits: limits) { handle in
            let port = try #require(handle.port)
            let silent = try AdminClient(port: port)
            let slow = try AdminClient(port: port)
            slow.send("GET /metrics HT")
            #expect(silent.readToEnd() == [])
            #expect(slow.readToEnd() != nil)
        }
    }

    @Test("A9: many more connections than are served at once each get their answer in turn")
    func crowd() async throws {
        var limits = AdminLimits()
        limits.connections = 4
        try await serving(limits: limits) { handle in
            let port = try #require(handle.port)
            let clients = try (0..<100).map { _ in try AdminClient(port: port) }
            for client in clients.reversed() {
                client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            }
            for client in clients {
                try #require(client.readToEnd().flatMap(AdminClient.parse)?.text == "x 1\n")
            }
        }
    }

    @Test("a head past its bounds is refused, and the server goes on")
    func hugeHead() async throws {
        try await serving { handle in
            let port = try #require(handle.port)
            let client = try AdminClient(port: port)
            client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n")
            let status = client.readToEnd().flatMap(AdminClient.parse)?.status
            #expect(status == nil || (400...431).contains(status ?? 0))
            #expect(try AdminClient(port: port).ask("/livez")?.status == 200)
        }
    }
}
