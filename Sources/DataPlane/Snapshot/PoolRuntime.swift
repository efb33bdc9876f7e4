import Balancing
import Settings
import Synchronization
import Transport

/// A member of a pool: where it is, what it may carry, and the count of what it carries on all workers.
final class BackendRuntime: Sendable {
    let key: BackendKey
    let address: SocketAddress
    let facts: BackendFacts
    /// Found again after a reload by pool and address, so that what was balanced before still counts.
    let meter: BackendMeter

    init(_ settings: BackendSettings, pool: String, address: SocketAddress, registry: MeterRegistry) {
        key = BackendKey(pool: pool, backend: settings.label)
        self.address = address
        facts = BackendFacts(weight: settings.weight, maxConnections: settings.maxConnections)
        meter = registry.backend(pool: pool, label: settings.label)
    }
}

/// A pool of one snapshot.
final class PoolRuntime: Sendable {
    let name: String
    let algorithm: Algorithm
    let schedule: Schedule
    let backends: [BackendRuntime]
    let meter: PoolMeter
    /// The pool's place in its round, shared by all workers and carried over reloads.
    let ticket: Ticket

    init(_ settings: PoolSettings, backends: [BackendRuntime], registry: MeterRegistry, ticket: Ticket) {
        name = settings.name
        algorithm = settings.balance
        schedule = Schedule(weights: backends.map(\.facts.weight))
        self.backends = backends
        meter = registry.pool(settings.name)
        self.ticket = ticket
    }

    func candidates() -> Candidates {
        Candidates(algorithm: algorithm, schedule: schedule, ticket: ticket.next())
    }
}

/// Numbers that never repeat, one for each choice.
final class Ticket: Sendable {
    private let value = Atomic<UInt64>(0)

    func next() -> UInt64 { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}
