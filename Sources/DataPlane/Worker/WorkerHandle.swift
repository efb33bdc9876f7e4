import Synchronization
import Transport

/// A worker as the other threads see it: its mailbox and a few numbers.
final class WorkerHandle: Sendable {
    let index: Int
    let mailbox: Mailbox
    /// Connections that the worker holds or that are on their way to it. Whoever gives it one adds; the worker subtracts.
    let load = Atomic<Int>(0)
    let tunnels = Atomic<Int>(0)
    /// TLS handshakes with clients that count against the bound. The worker's own to change.
    let handshakes = Atomic<Int>(0)
    /// Moves at least once a second while the worker turns.
    let turns = Atomic<UInt64>(0)
    /// It has drained and holds nothing, or it has stopped.
    let isDone = Atomic<Bool>(false)
    let hasLeft = Atomic<Bool>(false)
    /// 0 while it has not begun, 1 once it turns, a negative errno when it cannot.
    let began = Atomic<Int>(0)

    init(index: Int) throws(SystemError) {
        self.index = index
        mailbox = try Mailbox()
    }
}

/// What all workers share: counters, the log, each other's handles, and the bound on connections.
final class WorkerShared: Sendable {
    let registry: MeterRegistry
    let log: LogSink
    let handles: [WorkerHandle]
    /// Tunnels that a drain or a stop ended without the client's leave.
    let cutTunnels = Atomic<Int>(0)
    /// Connections that the descriptors allow, the reserve taken off.
    let descriptorCapacity: Int

    init(registry: MeterRegistry, log: LogSink, handles: [WorkerHandle], descriptors: Int) {
        self.registry = registry
        self.log = log
        self.handles = handles
        descriptorCapacity = max(1, (descriptors - min(Self.reserve, max(48, descriptors / 4))) / 2)
    }

    /// Kept free for listeners, logs, probes, certificates and the admin endpoint.
    private static let reserve = 160
    /// Connections over the limit that are still heard, so that they get a 503 and not a shut door.
    static let surplus = 64

    var connections: Int { handles.reduce(0) { $0 + $1.load.load(ordering: .relaxed) } }
    var tunnels: Int { handles.reduce(0) { $0 + $1.tunnels.load(ordering: .relaxed) } }

    func capacity(configured: Int) -> Int { configured > 0 ? min(configured, descriptorCapacity) : descriptorCapacity }

    /// The worker that holds the fewest connections; the asking one keeps what it has while it is about as light as any, and when nobody
    /// else has fewer than `mostHandshakes`.
    func lightest(askedBy own: WorkerHandle, mostHandshakes: Int = .max) -> WorkerHandle {
        var best = own
        let isOwnFull = own.handshakes.load(ordering: .relaxed) >= mostHandshakes
        var least = isOwnFull ? Int.max : own.load.load(ordering: .relaxed) - 1
        for handle in handles where handle.handshakes.load(ordering: .relaxed) < mostHandshakes {
            let load = handle.load.load(ordering: .relaxed)
            if load < least {
                best = handle
                least = load
            }
        }
        return best
    }
}
