import DataPlane
import Dispatch
import Logging

/// A running admin endpoint, started and stopped from a plain thread.
///
/// Both calls block; neither may be made from a task.
package final class AdminHandle: Sendable {
    /// The port it listens on; nil for a Unix socket.
    package let port: Int?
    private let task: Task<Void, Never>
    private let ended: DispatchSemaphore

    private init(port: Int?, task: Task<Void, Never>, ended: DispatchSemaphore) {
        self.port = port
        self.task = task
        self.ended = ended
    }

    /// Starts the endpoint and returns once it listens. Throws ``AdminProblem`` when it cannot.
    package static func start(
        bind: AdminBind, token: [UInt8]?, source: any AdminSource, limits: AdminLimits = AdminLimits(), log: LogSink
    ) throws -> AdminHandle {
        var logger = Logger(label: "admin") { _ in SinkLogHandler(sink: log) }
        logger.logLevel = .notice
        let server = AdminServer(bind: bind, token: token, source: source, limits: limits, logger: logger)
        let outcome = StartOutcome()
        let ended = DispatchSemaphore(value: 0)
        let task = Task {
            do {
                try await server.run { port in outcome.settle(.success(port)) }
            } catch {
                outcome.settle(.failure(error))
            }
            // Cancelled before it listened, or ended by itself: a caller that waits must not wait for ever.
            outcome.settle(.failure(CancellationError()))
            ended.signal()
        }
        return AdminHandle(port: try outcome.wait().get(), task: task, ended: ended)
    }

    /// Stops listening, cuts what is open, and returns when it is over. At most `seconds`; false when time ran out.
    @discardableResult
    package func stop(seconds: Int = 5) -> Bool {
        task.cancel()
        guard ended.wait(timeout: .now() + .seconds(max(0, seconds))) == .success else { return false }
        // Whoever calls a second time finds it ended too.
        ended.signal()
        return true
    }
}
