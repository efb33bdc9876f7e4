import Synchronization
import Telemetry

/// One backend of one pool, shared by all workers and carried over reloads.
public final class BackendMeter: Sendable {
    public let key: BackendKey
    private let liveCount = Atomic<Int>(0)
    private let failures = LabelCounts<ConnectFailureReason>()
    private let checks = LabelCounts<CheckResultLabel>()
    private let ejectionCount = SharedCounter()

    public init(key: BackendKey) {
        self.key = key
    }

    /// Connections to this backend now, dials under way included: what least_connections and `max_connections` compare.
    public var live: Int { liveCount.load(ordering: .relaxed) }

    /// A connection began. Gives the number before it, so that a limit can be held without a race:
    /// whoever got a number at or past the limit calls ``release()`` and goes elsewhere.
    @discardableResult
    public func acquire() -> Int {
        liveCount.wrappingAdd(1, ordering: .relaxed).oldValue
    }

    /// A connection began, unless `limit` of them are there already; false then, and nothing has changed.
    public func acquire(limit: Int) -> Bool {
        if acquire() < limit { return true }
        release()
        return false
    }

    /// A connection ended: once for each successful acquire.
    public func release() {
        liveCount.wrappingSubtract(1, ordering: .relaxed)
    }

    /// A dial gave no connection.
    public func connectFailure(_ reason: ConnectFailureReason) { failures.add(reason) }

    /// Dials that gave no connection so far.
    public func connectFailures(_ reason: ConnectFailureReason) -> UInt64 { failures.load(reason) }

    /// A check is over.
    public func checked(_ result: CheckResultLabel) { checks.add(result) }

    /// Checks so far.
    public func checks(_ result: CheckResultLabel) -> UInt64 { checks.load(result) }

    /// It was ejected.
    public func ejected() { ejectionCount.add() }

    /// Ejections so far.
    public var ejections: UInt64 { ejectionCount.load() }
}
