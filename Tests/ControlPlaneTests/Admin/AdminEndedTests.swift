import DataPlane
import ServiceLifecycle
import Testing

@testable import ControlPlane

/// An endpoint that ends without having been told to.
@Suite struct AdminEndedTests {
    private struct Failure: Error {}

    /// Listens at once, and ends when it is told to: by the test, or by its group.
    private struct Endpoint: Service {
        let bound: @Sendable (Int?) -> Void
        let ends: AsyncStream<Void>
        let fails: Bool

        func run() async throws {
            bound(7)
            for await _ in ends.cancelOnGracefulShutdown() { break }
            if fails { throw Failure() }
        }
    }

    /// On a thread that may wait, as starting and stopping do.
    private func lines(fails: Bool, stops: Bool) async throws -> [String] {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try Thread { continuation.resume(with: Result { try run(fails: fails, stops: stops) }) }.start(name: "test")
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private func run(fails: Bool, stops: Bool) throws -> [String] {
        let log = CapturedLog()
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let handle = try AdminHandle.start(log: log.sink) { Endpoint(bound: $0, ends: ends, fails: fails) }
        #expect(handle.port == 7)
        if stops {
            #expect(handle.stop(nanoseconds: unhurried))
        } else {
            end.yield()
            #expect(handle.waitForEnd(nanoseconds: 10_000_000_000))
        }
        return log.lines().filter { $0.contains("admin_ended") }
    }

    @Test(arguments: [false, true])
    func `an endpoint that ends by itself is told, with its reason`(fails: Bool) async throws {
        let lines = try await lines(fails: fails, stops: false)
        #expect(lines.count == 1)
        #expect(lines.first?.contains(#""level":"error""#) == true)
        #expect(lines.first?.contains(fails ? "Failure" : "it ended by itself") == true)
    }

    @Test func `an endpoint that was stopped is not worth a line`() async throws {
        #expect(try await lines(fails: false, stops: true).isEmpty)
    }
}
