import Telemetry

/// One worker's counters of one pool: a trivial value holding a pointer, to be stored in every tunnel.
///
/// Its ``PoolMeter`` must outlive it; the registry never lets go of one. Only the worker it was asked for may write.
public struct PoolCells: Sendable {
    let cells: CounterCells

    /// One frame passed on.
    @inline(__always)
    public func message(_ direction: Direction, _ opcode: Opcode) {
        cells.add(PoolLayout.message(direction, opcode), 1)
    }

    /// Several frames of one kind passed on.
    @inline(__always)
    public func messages(_ direction: Direction, _ opcode: Opcode, _ n: Int) {
        cells.add(PoolLayout.message(direction, opcode), UInt64(clamping: n))
    }

    /// Bytes passed on; a negative number counts as none.
    @inline(__always)
    public func bytes(_ direction: Direction, _ n: Int) {
        cells.add(PoolLayout.bytes(direction), UInt64(clamping: n))
    }

    /// Reading paused. `direction` is the way of the bytes that are held back.
    @inline(__always)
    public func pause(_ direction: Direction) {
        cells.add(PoolLayout.pauses(direction), 1)
    }

    /// Bytes were put into a backlog (positive) or left it (negative).
    @inline(__always)
    public func buffered(_ direction: Direction, delta: Int) {
        cells.add(PoolLayout.buffered(direction), UInt64(bitPattern: Int64(delta)))
    }

    /// A tunnel ended: who ended it and with which close code, 1006 for none (RFC 6455 section 7.4).
    ///
    /// 1000 to 1015 are counted exactly, and of 3000 to 4999 the first sixteen that this worker sees in this pool. The rest,
    /// and codes that RFC 6455 does not allow, are counted together as `other`.
    public func close(side: Side, code: UInt16) {
        if PoolLayout.standardCodes.contains(code) {
            cells.add(PoolLayout.close(side, standard: code), 1)
        } else if (3000...4999).contains(code) {
            PoolLayout.privateCloses.add(code, group: side.index, in: cells)
        } else {
            PoolLayout.privateCloses.add(0, group: side.index, in: cells)
        }
    }

    /// A ping of ours was answered by `side`. The proxy is not pinged: `.proxy` is ignored.
    public func pingRTT(side: Side, nanoseconds: UInt64) {
        switch side {
        case .client: PoolLayout.clientPing.observe(nanoseconds: nanoseconds, in: cells)
        case .backend: PoolLayout.backendPing.observe(nanoseconds: nanoseconds, in: cells)
        case .proxy: return
        }
    }

    /// From a request's arrival to the 101 sent to the client.
    public func upgradeDuration(nanoseconds: UInt64) {
        PoolLayout.upgrade.observe(nanoseconds: nanoseconds, in: cells)
    }

    /// A successful dial.
    public func connectDuration(nanoseconds: UInt64) {
        PoolLayout.connect.observe(nanoseconds: nanoseconds, in: cells)
    }

    /// How long a tunnel lived, told when it ends.
    public func tunnelDuration(nanoseconds: UInt64) {
        PoolLayout.tunnel.observe(nanoseconds: nanoseconds, in: cells)
    }

    /// A plain request came to this stage (1) or left it (-1).
    @inline(__always)
    public func streams(_ kind: StreamKind, delta: Int) {
        cells.add(PoolLayout.streams(kind), UInt64(bitPattern: Int64(delta)))
    }

    /// From a plain request's head to the end of its answer.
    public func requestDuration(nanoseconds: UInt64) {
        PoolLayout.request.observe(nanoseconds: nanoseconds, in: cells)
    }

    /// A successful TLS handshake with a backend.
    public func tlsDuration(nanoseconds: UInt64) {
        PoolLayout.tls.observe(nanoseconds: nanoseconds, in: cells)
    }

    /// How long a request stood in the pool's queue, told when it leaves it, whatever for.
    public func queueWait(nanoseconds: UInt64) {
        PoolLayout.queue.observe(nanoseconds: nanoseconds, in: cells)
    }

    /// A connection to a backend was put aside for later (1), or taken or closed (-1).
    @inline(__always)
    public func idle(delta: Int) {
        cells.add(PoolLayout.idle, UInt64(bitPattern: Int64(delta)))
    }

    /// A request went out on a connection kept from an earlier one.
    @inline(__always)
    public func reused() {
        cells.add(PoolLayout.reuses, 1)
    }

    /// A plain HTTP request was answered with this status. The first 32 distinct ones are exact, the rest `other`.
    public func request(code: UInt16) {
        PoolLayout.requests.add(code, group: 0, in: cells)
    }
}
