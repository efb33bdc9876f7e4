import Balancing
import Session
import Settings
import Synchronization

/// A pool of one snapshot.
final class PoolRuntime: Sendable {
    let name: String
    let algorithm: Algorithm
    let schedule: Schedule
    let backends: [BackendRuntime]
    /// What is known of the backends beforehand; how they stand now is in their conditions.
    private let base: [BackendFacts]
    /// Of the first of them, when the backends of all pools of the snapshot are counted through.
    let firstPosition: Int
    let meter: PoolMeter
    /// Of the meter; here so that a request takes one step less to it.
    let places: PoolPlaces
    let capacity: PoolCapacity
    /// The pool's place in its round, shared by all workers and carried over reloads.
    let ticket: Ticket
    let host: PoolSettings.HostPolicy
    /// Idle connections to one backend that a worker keeps, and for how long.
    let keptConnections: Int
    let keptFor: Moment.Span
    let proxyProtocol: PoolSettings.ProxyProtocolVersion?
    /// Set for `balance: hash`.
    let hash: HashRuntime?
    let sticky: StickyRuntime?
    let slowStart: SlowStart?
    /// Percent, see `Candidates`.
    let panic: Int
    /// Dials in flight to one backend.
    let maxDials: Int?
    /// Backends that one request is tried at.
    let attempts: Int
    /// Answers to an upgrade that another backend may better.
    private let retried: [UInt16]
    let lifetime: Lifetime?
    /// Set where live traffic may eject.
    let ejection: EjectionRules?

    /// - Parameters:
    ///   - zone: of this proxy.
    ///   - previous: the same pool of the snapshot before, whose place in the round, table and holds are kept.
    init(
        _ settings: PoolSettings, zone: String?, backends: [BackendRuntime], firstPosition: Int, registry: MeterRegistry,
        previous: PoolRuntime?
    ) {
        name = settings.name
        algorithm = settings.balance
        schedule = Schedule(weights: backends.map(\.facts.weight))
        self.backends = backends
        base = backends.map { backend in
            var facts = backend.facts
            facts.isLocal = zone == nil || backend.zone == zone
            return facts
        }
        self.firstPosition = firstPosition
        meter = registry.pool(settings.name)
        places = meter.places
        capacity = PoolCapacity(settings)
        ticket = previous?.ticket ?? Ticket()
        host = settings.host
        // What carries one client's address in front cannot serve another.
        keptConnections = settings.proxyProtocol == nil ? settings.keepAlive.connections : 0
        keptFor = Moment.Span(settings.keepAlive.timeout)
        proxyProtocol = settings.proxyProtocol
        hash = settings.hash.map { HashRuntime($0, backends: backends, previous: previous?.hash) }
        sticky = settings.sticky.map { StickyRuntime($0, pool: settings.name, labels: backends.map(\.key.backend)) }
        slowStart = settings.slowStart.map(SlowStart.init)
        panic = settings.panicPercent
        maxDials = settings.maxDials
        attempts = settings.retry.attempts
        retried = settings.retry.statuses.map { UInt16(clamping: $0) }
        lifetime = settings.maxLifetime.map(Lifetime.init)
        ejection = settings.ejection.map(EjectionRules.init)
    }

    /// Whether there is nothing to choose.
    var isSole: Bool { backends.count == 1 }

    /// - Parameters:
    ///   - key: of the request, where the pool hashes.
    ///   - preferred: the backend that a cookie or a hold names.
    ///   - isUpgrade: a tunnel is to be placed. Rebalancing moves tunnels alone: plain requests would all go to the emptiest meanwhile.
    func candidates(key: UInt64? = nil, preferred: Int? = nil, isUpgrade: Bool) -> Candidates {
        let placement = key.flatMap { key in hash.map { $0.placement(key) } }
        let algorithm = isUpgrade ? algorithm.placing(isRebalancing: meter.isRebalancing) : algorithm
        return Candidates(
            algorithm: algorithm, schedule: schedule, ticket: ticket.next(), placement: placement, preferred: preferred, panic: panic)
    }

    /// How a backend stands now. Asked several times in one choice: a few loads, and nothing else.
    @inline(__always)
    func facts(_ index: Int, now: Moment) -> BackendFacts {
        var facts = base[index]
        let condition = backends[index].condition
        if !condition.takesNew { facts.isAvailable = false }
        facts.isSuspect = condition.isSuspect
        if let slowStart { facts.ramp = condition.ramp(slowStart, now: now.nanoseconds) }
        if let maxDials, condition.dialsInFlight >= maxDials { facts.isSaturated = true }
        return facts
    }

    /// Whether another backend is asked when one has answered an upgrade so.
    func isRetried(status: UInt16) -> Bool { retried.contains(status) }
}

/// Numbers that never repeat, one for each choice.
final class Ticket: Sendable {
    private let value = Atomic<UInt64>(0)

    func next() -> UInt64 { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}
