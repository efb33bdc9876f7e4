import ControlPlane
import DataPlane
import Foundation
import Testing

@Suite("The admin endpoint on a Unix socket", .serialized)
struct AdminUnixSocketTests {
    private let log = LogSink(level: .debug, format: .text)

    private func inFolder(_ body: @escaping @Sendable (_ path: String) throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                continuation.resume(with: Result {
                    let folder = NSTemporaryDirectory() + "tg-\(UUID().uuidString.prefix(8))"
                    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                    defer { try? FileManager.default.removeItem(atPath: folder) }
                    try body(folder + "/a.sock")
                })
            }
        }
    }

    private func start(_ path: String) throws -> AdminHandle {
        try AdminHandle.start(bind: .unix(path: path), token: nil, source: FakeSource(), log: log)
    }

    @Test("it answers any Host, is open to owner and group alone, and its file goes when it stops")
    func serves() async throws {
        try await inFolder { path in
            let handle = try start(path)
            #expect(handle.port == nil)
            #expect(try AdminClient(path: path).ask("/livez", host: "anything.example")?.status == 200)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o660)
            #expect(handle.stop(nanoseconds: unhurried))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("L14: a socket that a killed process left behind is replaced")
    func stale() async throws {
        try await inFolder { path in
            // A bound socket whose descriptor is closed without removing the file.
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(bound == 0)
            close(descriptor)
            let handle = try start(path)
            #expect(try AdminClient(path: path).ask("/livez")?.status == 200)
            #expect(handle.stop(nanoseconds: unhurried))
        }
    }

    @Test("a socket that somebody serves is left to them")
    func inUse() async throws {
        try await inFolder { path in
            let first = try start(path)
            #expect(throws: AdminProblem.self) { try start(path) }
            #expect(try AdminClient(path: path).ask("/livez")?.status == 200)
            #expect(first.stop(nanoseconds: unhurried))
        }
    }

    @Test("a file that is no socket is left alone")
    func notASocket() async throws {
        try await inFolder { path in
            try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: AdminProblem.self) { try start(path) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        }
    }
}
