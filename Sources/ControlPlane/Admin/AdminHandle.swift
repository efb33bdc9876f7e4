import DataPlane
import Dispatch
import Logging
import ServiceLifecycle
import Synchronization

/// A running admin endpoint, started and stopped from a plain thread.
///
/// Both calls block; neither may be made from a task.
public final class AdminHandle: Sendable {
    /// The port it listens on; nil for a Unix socket.
    public let port: Int?
    private let group: ServiceGroup
    private let life: Life

    /// What the task that runs the endpoint and the thread that stops it tell each other.
    private final class Life: Sendable {
        let ended = DispatchSemaphore(value: 0)
        let isStopping = Atomic<Bool>(false)
    }

    private init(port: Int?, group: ServiceGroup, life: Life) {
        self.port = port
        self.group = group
        self.life = life
    }

    /// Starts the endpoint and returns once it listens. Throws ``AdminProblem`` when it cannot. Should it end later without having
    /// been stopped, the log gets an `admin_ended` line, and the process goes on without it.
    public static func start(
        bind: AdminBind, token: [UInt8]?, source: any AdminSource, pools: (any PoolDesk)? = nil,
        limits: AdminLimits = AdminLimits(), log: LogSink
    ) throws -> AdminHandle {
        let logger = logger(log)
        let server = AdminServer(bind: bind, token: token, source: source, pools: pools, limits: limits, logger: logger)
        return try start(log: log) { bound in AdminService(server: server, onBound: bound) }
    }

    /// Starts any service in the endpoint's place.
    ///
    /// - Parameter make: makes it; what it is given has to be called once it listens, with the port.
    static func start(
        log: LogSink, _ make: (@escaping @Sendable (Int?) -> Void) -> any Service
    ) throws -> AdminHandle {
        let outcome = StartOutcome()
        let life = Life()
        let service = make { outcome.settle(.success($0)) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .ignore)], logger: logger(log)))
        Task {
            var failure: (any Error)?
            do { try await group.run() } catch { failure = error }
            // Ended before it listened, for whatever reason: a caller that waits must not wait for ever.
            let neverListened = outcome.settle(.failure(failure ?? CancellationError()))
            if !neverListened, !life.isStopping.load(ordering: .acquiring) {
                log.emit(.error, "admin_ended") { $0.field("reason", failure.map { "\($0)" } ?? "it ended by itself") }
            }
            life.ended.signal()
        }
        return AdminHandle(port: try outcome.wait().get(), group: group, life: life)
    }

    /// Stops listening, closes idle connections, lets requests under way end, and returns when it is over. At most `nanoseconds`;
    /// false when time ran out, which a peer that does not read can bring about up to ``AdminLimits/requestSeconds``.
    @discardableResult
    public func stop(nanoseconds: UInt64 = 5_000_000_000) -> Bool {
        life.isStopping.store(true, ordering: .releasing)
        let group = self.group
        Task { await group.triggerGracefulShutdown() }
        return waitForEnd(nanoseconds: nanoseconds)
    }

    /// Whether it has ended within this time, for whatever reason.
    func waitForEnd(nanoseconds: UInt64) -> Bool {
        let limit = DispatchTime.now() + .nanoseconds(Int(clamping: nanoseconds))
        guard life.ended.wait(timeout: limit) == .success else { return false }
        // Whoever calls a second time finds it ended too.
        life.ended.signal()
        return true
    }

    private static func logger(_ log: LogSink) -> Logger {
        var logger = Logger(label: "admin") { _ in SinkLogHandler(sink: log) }
        logger.logLevel = .notice
        return logger
    }
}
