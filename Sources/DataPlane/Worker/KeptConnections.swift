import Session
import Telemetry
import Transport

/// A connection to a backend that waits for the next plain request.
final class KeptConnection {
    var stream = Stream()
    let slot: Int
    let backend: BackendRuntime
    let pool: PoolRuntime

    init(slot: Int, backend: BackendRuntime, pool: PoolRuntime) {
        self.slot = slot
        self.backend = backend
        self.pool = pool
    }
}

/// A worker's kept connections, by backend; the one used last is used first, so that the others may age.
struct KeptConnections {
    private var waiting: [ObjectIdentifier: [KeptConnection]] = [:]
    private var bySlot: [Int: KeptConnection] = [:]

    var all: [KeptConnection] { Array(bySlot.values) }

    var count: Int { bySlot.count }

    func count(of backend: BackendRuntime) -> Int { waiting[ObjectIdentifier(backend)]?.count ?? 0 }

    subscript(slot: Int) -> KeptConnection? { bySlot[slot] }

    mutating func add(_ kept: KeptConnection) {
        waiting[ObjectIdentifier(kept.backend), default: []].append(kept)
        bySlot[kept.slot] = kept
    }

    mutating func remove(_ kept: KeptConnection) {
        bySlot[kept.slot] = nil
        waiting[ObjectIdentifier(kept.backend)]?.removeAll { $0 === kept }
        if waiting[ObjectIdentifier(kept.backend)]?.isEmpty == true { waiting[ObjectIdentifier(kept.backend)] = nil }
    }

    /// One that has neither ended nor said anything. What came before the request must not pass for its answer, and the event
    /// that tells of it may be later in this turn.
    mutating func take(_ backend: BackendRuntime) -> KeptConnection? {
        guard let kept = waiting[ObjectIdentifier(backend)]?.last, kept.stream.peekIsQuiet() else { return nil }
        waiting[ObjectIdentifier(backend)]?.removeLast()
        bySlot[kept.slot] = nil
        return kept
    }
}

extension Worker {
    /// Keeps a connection whose exchange is over, if there is room; closes it otherwise.
    func keep(_ stream: inout Stream, slot: Int, of backend: BackendRuntime, pool: PoolRuntime, since snapshot: Snapshot) {
        // Of an older snapshot nobody would ask for it again.
        guard snapshot === self.snapshot, kept.count(of: backend) < pool.keptConnections, kept.count < mostKept else {
            registrations.remove(slot)
            return stream.close()
        }
        let connection = KeptConnection(slot: slot, backend: backend, pool: pool)
        swap(&connection.stream, &stream)
        registrations.assign(slot, .kept, driver: nil)
        kept.add(connection)
        if !connection.stream.interest.reads {
            try? epoll.modify(connection.stream.descriptor, .read, token: registrations.token(slot))
            connection.stream.interest = .read
        }
        schedule(slot, at: now.after(pool.keptFor))
        pool.meter.worker(handle.index).idle(delta: 1)
    }

    /// Of all pools together: an eighth of the descriptors that connections may have.
    private var mostKept: Int { shared.descriptorCapacity / 4 / max(1, shared.handles.count) }

    /// It is in use again.
    func unwatchKept(_ connection: KeptConnection) {
        unschedule(connection.slot)
        connection.pool.meter.worker(handle.index).idle(delta: -1)
    }

    /// It ended, said something that nobody asked for, or waited long enough.
    func dropKept(slot: Int) {
        guard let connection = kept[slot] else { return }
        kept.remove(connection)
        unwatchKept(connection)
        registrations.remove(slot)
        connection.stream.close()
    }

    func dropAllKept() { for connection in kept.all { dropKept(slot: connection.slot) } }
}
