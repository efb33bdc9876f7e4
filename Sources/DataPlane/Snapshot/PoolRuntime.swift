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
    /// Of the first of them, when the backends of all pools of the snapshot are counted through.
    let firstPosition: Int
    let meter: PoolMeter
    /// The pool's place in its round, shared by all workers and carried over reloads.
    let ticket: Ticket
    let host: PoolSettings.HostPolicy
    /// Idle connections to one backend that a worker keeps, and for how long.
    let keptConnections: Int
    let keptFor: Moment.Span
    let proxyProtocol: PoolSettings.ProxyProtocolVersion?

    init(_ settings: PoolSettings, backends: [BackendRuntime], firstPosition: Int, registry: MeterRegistry, ticket: Ticket) {
        name = settings.name
        algorithm = settings.balance
        schedule = Schedule(weights: backends.map(\.facts.weight))
        self.backends = backends
        self.firstPosition = firstPosition
        meter = registry.pool(settings.name)
        self.ticket = ticket
        host = settings.host
        // What carries one client's address in front cannot serve another.
        keptConnections = settings.proxyProtocol == nil ? settings.keepAlive.connections : 0
        keptFor = Moment.Span(settings.keepAlive.timeout)
        proxyProtocol = settings.proxyProtocol
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
