import Session
import Telemetry
import Transport

/// A connection to a backend that waits for the next plain request.
final class KeptConnection {
    var stream = Stream()
    let slot: Int
    let backend: BackendRuntime
    let cells: PoolCells
    /// Among all backends of the worker's snapshot, see `PoolRuntime.firstPosition`.
    fileprivate(set) var position: Int

    init(slot: Int, backend: BackendRuntime, position: Int, cells: PoolCells) {
        self.slot = slot
        self.backend = backend
        self.position = position
        self.cells = cells
    }
}

/// A worker's kept connections, by the position of their backend; the one used last is used first, so that the others may age.
struct KeptConnections {
    private var waiting: [[KeptConnection]] = []
    private(set) var count = 0

    var all: [KeptConnection] { waiting.flatMap { $0 } }

    /// None where, by an older snapshot than the worker's, another backend stands at the position.
    func count(at position: Int, of backend: BackendRuntime) -> Int {
        position < waiting.count && waiting[position].last?.backend === backend ? waiting[position].count : 0
    }

    mutating func add(_ kept: KeptConnection) {
        while waiting.count <= kept.position { waiting.append([]) }
        waiting[kept.position].append(kept)
        count += 1
    }

    mutating func remove(_ kept: KeptConnection) {
        guard kept.position < waiting.count, let index = waiting[kept.position].lastIndex(where: { $0 === kept }) else { return }
        waiting[kept.position].remove(at: index)
        count -= 1
    }

    /// One that has neither ended nor said anything. What came before the request must not pass for its answer, and the event
    /// that tells of it may be later in this turn.
    ///
    /// - Parameter backend: by an older snapshot than the worker's another one stands at the position.
    mutating func take(at position: Int, of backend: BackendRuntime) -> KeptConnection? {
        guard position < waiting.count, let kept = waiting[position].last, kept.backend === backend, kept.stream.peekIsQuiet() else {
            return nil
        }
        count -= 1
        return waiting[position].removeLast()
    }

    /// Moves all to where their backends are in a new snapshot.
    ///
    /// - Returns: those whose backends are not there any more, or may not keep any.
    mutating func rearrange(for snapshot: Snapshot) -> [KeptConnection] {
        guard count > 0 else {
            waiting = []
            return []
        }
        var positions: [ObjectIdentifier: Int] = [:]
        for pool in snapshot.pools.values where pool.keptConnections > 0 {
            for (index, backend) in pool.backends.enumerated() {
                positions[ObjectIdentifier(backend)] = pool.firstPosition + index
            }
        }
        let before = all
        waiting = []
        count = 0
        var lost: [KeptConnection] = []
        for kept in before {
            if let position = positions[ObjectIdentifier(kept.backend)] {
                kept.position = position
                add(kept)
            } else {
                lost.append(kept)
            }
        }
        return lost
    }
}

extension Worker {
    /// Keeps a connection whose exchange is over, if there is room; closes it otherwise.
    ///
    /// - Parameter lent: what it was kept as before.
    func keep(_ stream: inout Stream, slot: Int, of tunnel: TunnelRecord, since snapshot: Snapshot, lent: KeptConnection?) {
        let pool = tunnel.route.pool
        let position = pool.firstPosition + tunnel.index
        // Of an older snapshot nobody would ask for it again, and a backend that drains shall become empty.
        guard snapshot === self.snapshot, kept.count(at: position, of: tunnel.backend) < pool.keptConnections, kept.count < mostKept,
            tunnel.backend.condition.takesNew, sheds.isEmpty || sheds[tunnel.backend.key] == nil
        else {
            unschedule(slot)
            registrations.remove(slot)
            return stream.close()
        }
        let connection: KeptConnection
        if let lent, lent.slot == slot, lent.backend === tunnel.backend {
            connection = lent
            connection.position = position
        } else {
            connection = KeptConnection(slot: slot, backend: tunnel.backend, position: position, cells: tunnel.cells)
        }
        swap(&connection.stream, &stream)
        registrations.assign(slot, to: connection)
        connection.stream.probe()
        kept.add(connection)
        if !connection.stream.interest.reads {
            try? epoll.modify(connection.stream.descriptor, .read, token: registrations.token(slot))
            connection.stream.interest = .read
        }
        schedule(slot, at: now.after(pool.keptFor))
        connection.cells.idle(delta: 1)
    }

    /// Of all pools together: an eighth of the descriptors that connections may have.
    private var mostKept: Int { shared.descriptorCapacity / 4 / max(1, shared.handles.count) }

    /// It is in use again. Its deadline stays, and moves when it is kept again: one that comes meanwhile finds a backend's connection,
    /// which it only has probed, as it was when it was kept.
    func unwatchKept(_ connection: KeptConnection) { connection.cells.idle(delta: -1) }

    /// It ended, said something that nobody asked for, or waited long enough.
    func dropKept(slot: Int) {
        guard let connection = registrations.connection(atSlot: slot) else { return }
        kept.remove(connection)
        close(connection)
    }

    /// After a snapshot was adopted: those whose backends stay as they are stay, too.
    func rearrangeKept() { for connection in kept.rearrange(for: snapshot) { close(connection) } }

    private func close(_ connection: KeptConnection) {
        unwatchKept(connection)
        unschedule(connection.slot)
        registrations.remove(connection.slot)
        connection.stream.close()
    }

    /// A backend that drains shall become empty.
    func dropKept(of key: BackendKey) { for connection in kept.all where connection.backend.key == key { dropKept(slot: connection.slot) } }

    func dropAllKept() { for connection in kept.all { dropKept(slot: connection.slot) } }
}
