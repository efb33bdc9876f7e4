import Glibc
import Synchronization
import Transport

/// All workers, as the supervisor sees them. Every call returns at once; what it asks for happens on the workers' threads.
public final class WorkerGroup: Sendable {
    private let shared: WorkerShared
    private let first: Mutex<[Seed]>
    private let drains = Atomic<Bool>(false)

    /// What a worker is made of, carried to its thread.
    private struct Seed: Sendable {
        let handle: WorkerHandle
        let snapshot: FirstSnapshot
    }

    /// Given away once: a thread that held it would hold the first configuration's sockets and secrets for ever.
    private final class FirstSnapshot: Sendable {
        private let snapshot: Mutex<Snapshot?>

        init(_ snapshot: Snapshot) { self.snapshot = Mutex(snapshot) }

        func take() -> Snapshot? {
            snapshot.withLock { held in
                defer { held = nil }
                return held
            }
        }
    }

    /// - Parameter descriptors: the process's limit on open descriptors.
    public init(
        count: Int, snapshot: Snapshot, registry: MeterRegistry, log: LogSink, descriptors: Int
    ) throws(SystemError) {
        var handles: [WorkerHandle] = []
        for index in 0..<max(1, count) { handles.append(try WorkerHandle(index: index)) }
        shared = WorkerShared(registry: registry, log: log, handles: handles, descriptors: descriptors)
        first = Mutex(handles.map { Seed(handle: $0, snapshot: FirstSnapshot(snapshot)) })
    }

    /// One thread per worker; returns once they all turn. A second call starts nothing.
    public func start() throws(SystemError) {
        let seeds = first.withLock { seeds in
            defer { seeds = [] }
            return seeds
        }
        for seed in seeds {
            let worker = Thread { [shared] in
                do throws(SystemError) {
                    guard let snapshot = seed.snapshot.take() else { throw SystemError(-Int(EINVAL)) }
                    let worker = try Worker(handle: seed.handle, shared: shared, snapshot: consume snapshot)
                    seed.handle.began.store(1, ordering: .releasing)
                    worker.run()
                } catch {
                    seed.handle.began.store(-Int(error.code), ordering: .releasing)
                    seed.handle.isDone.store(true, ordering: .releasing)
                    seed.handle.hasLeft.store(true, ordering: .releasing)
                }
            }
            try worker.start(name: "worker-\(seed.handle.index)")
        }
        try awaitBeginnings()
    }

    /// A worker that cannot begin would be given connections that nobody serves: then the start has failed.
    private func awaitBeginnings() throws(SystemError) {
        for _ in 0..<5000 {
            let states = shared.handles.map { $0.began.load(ordering: .acquiring) }
            if let failed = states.first(where: { $0 < 0 }) { throw SystemError(failed) }
            if states.allSatisfy({ $0 == 1 }) { return }
            usleep(1000)
        }
        throw SystemError(-Int(ETIMEDOUT))
    }

    /// Swaps every worker's snapshot: listeners are opened and let go, tunnels without a way are drained.
    public func adopt(_ snapshot: Snapshot) { post(.adopt(snapshot)) }

    /// Stops accepting; Closes are spread over the period.
    public func drain(period: Duration) {
        drains.store(true, ordering: .releasing)
        post(.drain(period))
    }

    /// Closes tunnels and event streams of one backend, or calls that off; see ``ShedOrder``.
    public func shed(_ order: ShedOrder) { post(.shed(order)) }

    /// Cuts what is left and ends the loops.
    public func stop() { post(.stop) }

    public var connections: Int { shared.connections }
    public var tunnels: Int { shared.tunnels }
    /// A drain was asked for, and nothing is left.
    public var isDrained: Bool {
        drains.load(ordering: .acquiring) && shared.connections == 0 && shared.handles.allSatisfy { $0.isDone.load(ordering: .acquiring) }
    }
    /// Whether every loop has ended.
    public var hasStopped: Bool { shared.handles.allSatisfy { $0.hasLeft.load(ordering: .acquiring) } }
    /// Tunnels that a drain or a stop ended although the client had not answered.
    public var cutTunnels: Int { shared.cutTunnels.load(ordering: .relaxed) }
    /// A counter per worker that moves at least once a second while that worker turns.
    public var heartbeats: [UInt64] { shared.handles.map { $0.turns.load(ordering: .relaxed) } }

    private func post(_ message: WorkerMessage) {
        for handle in shared.handles { handle.mailbox.post(message) }
    }
}
