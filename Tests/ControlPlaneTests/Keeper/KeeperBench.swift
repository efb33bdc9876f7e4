import Balancing
import DataPlane
import Session
import Settings
import Support
import Transport
import Wire

@testable import ControlPlane

/// A keeper's core with a clock of its own; it tells what it had others do.
final class KeeperBench {
    let hands = RecordingHands()
    let registry = MeterRegistry(workers: 2)
    let captured = CapturedLog()
    let core: KeeperCore
    private(set) var now: UInt64 = 1_000_000_000

    static let second: UInt64 = 1_000_000_000

    init(_ pools: PoolSettings...) {
        core = KeeperCore(registry: registry, log: captured.sink, hands: hands, random: SeededRandom(seed: 1))
        adopt(pools)
    }

    /// - Parameter host: the last number of the address of all backends, in 127.0.0.0/24.
    func adopt(_ pools: PoolSettings..., host: UInt32 = 1) { adopt(pools, host: host) }

    private func adopt(_ pools: [PoolSettings], host: UInt32 = 1) { core.adopt(pools.map { Self.kept($0, host) }, at: now) }

    private static func kept(_ pool: PoolSettings, _ host: UInt32) -> KeptPool {
        var prepared: [BackendKey: PreparedBackend] = [:]
        for backend in pool.backends {
            let address = try? SocketAddress(IPAddress(v4: 0x7F00_0000 + host), port: backend.port)
            prepared[BackendKey(pool: pool.name, backend: backend.label)] = PreparedBackend(addresses: address.map { [$0] } ?? [])
        }
        return KeptPool(pool, prepared: prepared)
    }

    /// Backend number `index` of the pool `main`, which listens at port 9001 + `index`.
    func condition(_ index: Int) -> BackendCondition { registry.condition(pool: "main", label: Self.label(index)) }

    static func label(_ index: Int) -> String { "127.0.0.1:\(9001 + index)" }

    /// Everything that is due within so many seconds, each at its time.
    func pass(seconds: Double) {
        let end = now + UInt64(seconds * 1e9)
        while true {
            let next = core.wakesAt(now: now)
            guard next <= end else { break }
            now = max(now, next)
            core.tick(at: now)
        }
        now = end
    }

    /// The next check of that backend is awaited, and ends like this. False when none comes within a minute.
    @discardableResult
    func check(_ index: Int, _ outcome: CheckOutcome, detail: String = "") -> Bool {
        let end = now + 60 * Self.second
        while true {
            if let id = hands.takeCheck(port: UInt16(9001 + index)) {
                core.ended(CheckResult(id: id, outcome: outcome, nanoseconds: 1_000_000, detail: detail), at: now)
                return true
            }
            let next = core.wakesAt(now: now)
            guard next <= end else { return false }
            now = max(now, next)
            core.tick(at: now)
        }
    }

    func report(_ index: Int, _ kind: PassiveReport.Kind, times: Int = 1) {
        let key = BackendKey(pool: "main", backend: Self.label(index))
        core.heard((0..<times).map { _ in PassiveReport(key, kind, at: now) })
    }

    /// Log lines with that event.
    func lines(_ event: String) -> [String] { captured.lines().filter { $0.contains("\"event\":\"\(event)\"") } }
}

/// What a keeper had others do.
final class RecordingHands: KeeperHands {
    private struct Record: Sendable {
        var checks: [(id: UInt64, target: CheckTarget)] = []
        var cancelled: [UInt64] = []
        var orders: [ShedOrder] = []
    }

    private let record = Guarded(Record())

    func beginCheck(id: UInt64, target: CheckTarget) -> Bool {
        record.withLock { $0.checks.append((id, target)) }
        return true
    }

    func cancelCheck(id: UInt64) {
        record.withLock { record in
            record.checks.removeAll { $0.id == id }
            record.cancelled.append(id)
        }
    }

    func shed(_ order: ShedOrder) { record.withLock { $0.orders.append(order) } }

    /// Checks that were given up, oldest first.
    var cancelled: [UInt64] { record.withLock { $0.cancelled } }

    var waiting: [CheckTarget] { record.withLock { $0.checks.map(\.target) } }

    func takeCheck(port: UInt16) -> UInt64? {
        record.withLock { record in
            guard let place = record.checks.firstIndex(where: { $0.target.addresses.first?.port == port }) else { return nil }
            return record.checks.remove(at: place).id
        }
    }

    /// The orders since the last call, as words: backend, extent, cause.
    func takeOrders() -> [String] {
        record.withLock { record in
            defer { record.orders = [] }
            return record.orders.map { order in
                let extent =
                    switch order.extent {
                    case .all(.over(let time), _): "all over \(time / 1_000_000_000)s"
                    case .all(.perSecond(let rate), _): "all at \(rate)/s"
                    case .part(let counts, _): "\(counts)"
                    case .calledOff: "called off"
                    }
                return "\(order.backend.key.backend.suffix(4)) \(extent) \(order.cause.row.label)"
            }
        }
    }
}

/// A pool `main` of so many backends, with a TCP check.
func keptPool(
    _ count: Int = 2, check: CheckSettings? = CheckSettings(), _ change: (inout PoolSettings) -> Void = { _ in }
) -> PoolSettings {
    var pool = PoolSettings(name: "main", backends: (0..<count).map { backend("127.0.0.1", UInt16(9001 + $0)) }, check: check)
    change(&pool)
    return pool
}
