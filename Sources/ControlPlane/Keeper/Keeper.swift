import DataPlane
import Glibc
import Settings
import Telemetry
import Transport

/// Keeps pools in order, on a thread of its own: checks, ejections, drains of backends, rebalancing.
///
/// Every call returns soon: the lock is held for decisions, never while something is waited for. Workers hear of it by atomics and by
/// mail.
///
/// `@unchecked Sendable` by this proof: `core` and `isStopped` are touched under `lock` only; everything else is constant and Sendable.
public final class Keeper: @unchecked Sendable {
    private let core: KeeperCore
    private var isStopped = false
    private let lock = PlainLock()
    private let wakeup: Wakeup
    private let inbox: CheckInbox
    private let runner: CheckRunner
    private let registry: MeterRegistry

    /// Makes the keeper and its check runner; nothing runs before ``start()``.
    ///
    /// - Parameter descriptors: the process's limit on open descriptors.
    public init(registry: MeterRegistry, workers: WorkerGroup, log: LogSink, descriptors: Int) throws(SystemError) {
        let wakeup = try Wakeup()
        let inbox = CheckInbox(wakeup: wakeup)
        runner = try CheckRunner(concurrency: CheckRunner.concurrency(descriptors: descriptors)) { inbox.add($0) }
        core = KeeperCore(registry: registry, log: log, hands: WorkingHands(runner: runner, workers: workers))
        self.registry = registry
        self.wakeup = wakeup
        self.inbox = inbox
    }

    /// Begins to work, once; the first configuration may have been adopted before.
    public func start() throws(SystemError) {
        try runner.start()
        registry.reports.onArrival { [wakeup] in wakeup.wake() }
        try Thread { self.run() }.start(name: "keeper")
    }

    /// Ends the thread and the checks under way; waits a second at most.
    public func stop() {
        registry.reports.onArrival(nil)
        lock.withLock { isStopped = true }
        wakeup.wake()
        runner.stop()
    }

    /// A snapshot comes into force. Called before the workers get it, so that they find its backends as they stand.
    public func adopt(_ snapshot: Snapshot) {
        let pools = KeptPool.all(of: snapshot)
        change { $0.adopt(pools, zone: snapshot.settings.zone, at: $1) }
    }

    /// Does something with the core, and has the thread look again.
    @discardableResult
    private func change<Result>(_ body: (KeeperCore, UInt64) -> Result) -> Result {
        let result = lock.withLock { body(core, Clock.monotonic()) }
        wakeup.wake()
        return result
    }

    private func run() {
        while true {
            wakeup.clear()
            let results = inbox.take()
            let reports = registry.reports.take()
            let now = Clock.monotonic()
            let next = lock.withLock { () -> UInt64? in
                guard !isStopped else { return nil }
                for result in results { core.ended(result, at: now) }
                core.heard(reports)
                core.tick(at: now)
                return core.wakesAt(now: now)
            }
            guard let next else { return }
            wait(until: next)
        }
    }

    /// Until then, or until somebody calls; a minute at most.
    private func wait(until moment: UInt64) {
        let now = Clock.monotonic()
        guard moment > now else { return }
        let milliseconds = min((moment - now - 1) / 1_000_000 + 1, 60_000)
        var watched = pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&watched, 1, Int32(truncatingIfNeeded: milliseconds))
    }
}

extension Keeper: PoolDesk {
    public func pools() -> [PoolView] { lock.withLock { core.views(at: Clock.monotonic()) } }

    public func setState(_ state: BackendCondition.Administrative, backend: String, pool: String) -> Bool {
        change { $0.setState(state, backend: backend, pool: pool, at: $1) }
    }

    public func rebalance(pool: String, _ wish: RebalanceWish) -> RebalanceAnswer {
        change { $0.rebalanceOnce(pool: pool, wish, at: $1) }
    }

    public func cancelRebalance(pool: String) -> RebalanceAnswer {
        change { $0.cancelRebalance(pool: pool, at: $1) }
    }
}
