import DataPlane
import Dispatch
import Logging
import ServiceLifecycle

/// A running admin endpoint, started and stopped from a plain thread.
///
/// Both calls block; neither may be made from a task.
package final class AdminHandle: Sendable {
    /// The port it listens on; nil for a Unix socket.
    package let port: Int?
    private let group: ServiceGroup
    private let ended: DispatchSemaphore

    private init(port: Int?, group: ServiceGroup, ended: DispatchSemaphore) {
        self.port = port
        self.group = group
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
        let service = AdminService(server: server) { outcome.settle(.success($0)) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .ignore)], logger: logger))
        Task {
            do {
                try await group.run()
            } catch {
                outcome.settle(.failure(error))
            }
            // Ended before it listened, for whatever reason: a caller that waits must not wait for ever.
            outcome.settle(.failure(CancellationError()))
            ended.signal()
        }
        return AdminHandle(port: try outcome.wait().get(), group: group, ended: ended)
    }

    /// Stops listening, closes idle connections, lets requests under way end, and returns when it is over. At most `seconds`;
    /// false when time ran out, which a peer that does not read can bring about up to ``AdminLimits/requestSeconds``.
    @discardableResult
    package func stop(seconds: Int = 5) -> Bool {
        let group = self.group
        Task { await group.triggerGracefulShutdown() }
        guard ended.wait(timeout: .now() + .seconds(max(0, seconds))) == .success else { return false }
        // Whoever calls a second time finds it ended too.
        ended.signal()
        return true
    }
}
