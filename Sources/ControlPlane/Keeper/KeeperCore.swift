import Balancing
import DataPlane
import Session
import Settings
import Telemetry

/// Decides who takes connections and whose tunnels go: feeds the pure machines with results, reports and the operator's words, and
/// publishes what comes of it.
///
/// It has no thread, no clock and no lock of its own: whoever calls it tells the time (nanoseconds of the monotonic clock), and calls
/// one thing at a time.
final class KeeperCore {
    let registry: MeterRegistry
    let log: LogSink
    let hands: any KeeperHands
    var random: any RandomNumberGenerator
    var pools: [PoolKeeping] = []
    /// Checks under way, by the runner's id.
    var checks: [UInt64: (pool: PoolKeeping, backend: BackendKeeping)] = [:]
    private var lastID: UInt64 = 0
    var words = OperatorWords()
    /// Where the proxy stands.
    var zone: String?
    /// Set with the first configuration: its backends do not start slowly.
    var hasBegun = false

    init(
        registry: MeterRegistry, log: LogSink, hands: any KeeperHands,
        random: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.registry = registry
        self.log = log
        self.hands = hands
        self.random = random
    }

    /// Never given twice, so that a late result cannot be taken for another check's.
    func newID() -> UInt64 {
        lastID &+= 1
        return lastID
    }

    func pool(_ name: String) -> PoolKeeping? { pools.first { $0.name == name } }

    /// Does everything that is due.
    func tick(at now: UInt64) {
        for pool in pools {
            beginChecks(pool, at: now)
            if let next = pool.ejection?.nextTick, next <= now { settle(pool, at: now) }
            if pool.nextLook <= now { rebalance(pool, at: now) }
            noteEmptied(pool, at: now)
        }
    }

    /// When `tick` is to be called next; `.max` for never.
    func wakesAt(now: UInt64) -> UInt64 {
        var next = UInt64.max
        for pool in pools {
            next = min(next, pool.nextLook, pool.ejection?.nextTick ?? .max)
            for backend in pool.backends {
                if let moment = backend.turn.wakesAt { next = min(next, moment) }
                if backend.shedding != nil, !backend.isEmptied { next = min(next, now &+ Self.emptyingLook) }
            }
        }
        return next
    }

    /// How often a draining backend is looked at.
    private static let emptyingLook: UInt64 = 250_000_000
}
