import Session
import Settings

/// How much of a pool may be in use at once, and where the others wait.
struct PoolCapacity: Sendable {
    /// Connections of the whole pool, all workers together; nil is without a bound.
    let maxConnections: Int?
    /// Nil where nobody waits: whoever finds no place is refused at once.
    let queue: Queue?

    struct Queue: Sendable {
        /// How many may wait, all workers together.
        let size: Int
        let timeout: Moment.Span

        /// Who only waits for dials under way to end has its turn within moments, with or without a queue of the pool's: its bounds are
        /// the connections that the process takes, and the handshake's deadline.
        static let forDials = Queue(size: .max, timeout: .unbounded)
    }

    init(_ settings: PoolSettings) {
        maxConnections = settings.maxConnections
        queue = settings.queue.map { Queue(size: $0.size, timeout: Moment.Span($0.timeout)) }
    }
}
