import Foundation
import Testing

@testable import BenchCore

/// Foundation has a `Stream` too.
private typealias Connection = BenchCore.Stream

/// A client and a server over a pair of sockets, moved in turns.
private struct Pair {
    let client: Connection
    let server: Connection

    init(_ clientTLS: ClientTLS, _ serverTLS: ServerTLS, session: TLSSession?) throws {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        client = try #require(Connection(ends[0], tls: clientTLS, session: session))
        server = try #require(Connection(ends[1], tls: serverTLS))
        var done = false
        for _ in 0 ..< 10 where !done {
            let states = (client.handshake(), server.handshake())
            try #require(states.0 != .failed && states.1 != .failed)
            done = states == (.done, .done)
        }
        try #require(done)
        // The server's tickets come with the first bytes that the client reads.
        #expect([7 as UInt8].withUnsafeBytes { server.send($0) } == .moved(1))
        var area = [UInt8](repeating: 0, count: 16)
        #expect(area.withUnsafeMutableBytes { client.receive(into: $0) } == .moved(1))
    }
}

struct TLSSessionTests {
    private let folder: URL
    private let client: ClientTLS

    init() throws {
        signal(SIGPIPE, SIG_IGN)
        client = try #require(ClientTLS(version: .tls13))
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tidegate-bench-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=bench.test",
            "-keyout", folder.appendingPathComponent("key").path, "-out", folder.appendingPathComponent("certificate").path,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
    }

    private func server(resumption: Bool) throws -> ServerTLS {
        let (certificate, key) = (folder.appendingPathComponent("certificate").path, folder.appendingPathComponent("key").path)
        return try #require(ServerTLS(certificate: certificate, key: key, resumption: resumption))
    }

    @Test func `a session is taken up again and again, each time from the connection before`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try server(resumption: true)
        var session: TLSSession?
        for turn in 0 ..< 4 {
            let pair = try Pair(client, server, session: session)
            #expect(pair.client.isResumed == (turn > 0) && pair.server.isResumed == (turn > 0))
            let next = try #require(pair.client.session)
            session = next
        }
    }

    @Test func `a server without tickets leaves no session to take up`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let pair = try Pair(client, server(resumption: false), session: nil)
        #expect(pair.client.session == nil && !pair.client.isResumed)
    }
}
