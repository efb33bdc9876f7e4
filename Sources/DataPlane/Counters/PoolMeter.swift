import Synchronization
import Telemetry

/// All counters of one pool.
public final class PoolMeter: Sendable {
    /// The pool's name in the configuration.
    public let name: String
    private let blocks: WorkerBlocks
    /// Tunnels told to close by rebalancing. Any thread.
    public let rebalanced = SharedCounter()
    private let panic = Atomic<Bool>(false)
    private let rebalancing = Atomic<Bool>(false)
    private let checks = WorkerBlocks(workers: 1, cells: PoolMeter.check.cells)
    private static let check = HistogramCells(start: 0, shape: .latency)

    /// Who holds a place at its backends, and who waits for one.
    public let places: PoolPlaces

    public init(name: String, workers: Int) {
        self.name = name
        places = PoolPlaces(workers: workers)
        blocks = WorkerBlocks(workers: workers, cells: PoolLayout.cells)
    }

    /// The counters that worker `index` writes. The meter must outlive them.
    public func worker(_ index: Int) -> PoolCells {
        PoolCells(cells: blocks.block(index).cells)
    }

    /// So few of its backends are well that all that are ready are used.
    public var isInPanic: Bool {
        get { panic.load(ordering: .relaxed) }
        set { panic.store(newValue, ordering: .relaxed) }
    }

    /// It was found lopsided, or is to be made level once, and is not level yet. Workers read it where they place a tunnel.
    public var isRebalancing: Bool {
        get { rebalancing.load(ordering: .relaxed) }
        set { rebalancing.store(newValue, ordering: .relaxed) }
    }

    /// A check of one of its backends took so long. One thread at a time.
    public func checkDuration(nanoseconds: UInt64) {
        Self.check.observe(nanoseconds: nanoseconds, in: checks.block(0).cells)
    }
}

// What a scrape reads: each series of the pool, its labels without the pool's name.
extension PoolMeter {
    public func messages(_ direction: Direction, _ opcode: Opcode) -> UInt64 {
        blocks.sum(PoolLayout.message(direction, opcode))
    }
    public func bytes(_ direction: Direction) -> UInt64 { blocks.sum(PoolLayout.bytes(direction)) }
    public func pauses(_ direction: Direction) -> UInt64 { blocks.sum(PoolLayout.pauses(direction)) }
    public func buffered(_ direction: Direction) -> UInt64 { blocks.gauge(PoolLayout.buffered(direction)) }
    public var upgradeDurations: HistogramSnapshot { PoolLayout.upgrade.snapshot(of: blocks) }
    public var connectDurations: HistogramSnapshot { PoolLayout.connect.snapshot(of: blocks) }
    public var tunnelDurations: HistogramSnapshot { PoolLayout.tunnel.snapshot(of: blocks) }
    public var requestDurations: HistogramSnapshot { PoolLayout.request.snapshot(of: blocks) }
    public var checkDurations: HistogramSnapshot { Self.check.snapshot(of: checks) }
    public var tlsDurations: HistogramSnapshot { PoolLayout.tls.snapshot(of: blocks) }
    public var queueWaits: HistogramSnapshot { PoolLayout.queue.snapshot(of: blocks) }
    /// Plain requests that are at this stage now.
    public func streams(_ kind: StreamKind) -> UInt64 { blocks.gauge(PoolLayout.streams(kind)) }
    /// Connections to backends that wait for a request now.
    public var idle: UInt64 { blocks.gauge(PoolLayout.idle) }
    public var reuses: UInt64 { blocks.sum(PoolLayout.reuses) }

    /// Round trips of pings that `side` answered; nil for the proxy, which is not pinged.
    public func pingRTTs(_ side: Side) -> HistogramSnapshot? {
        switch side {
        case .client: PoolLayout.clientPing.snapshot(of: blocks)
        case .backend: PoolLayout.backendPing.snapshot(of: blocks)
        case .proxy: nil
        }
    }

    /// Closes by code text, zeros left out, codes rising, `other` last.
    public func closes(_ side: Side) -> [(code: String, count: UInt64)] {
        var counts: [UInt16?: UInt64] = [:]
        for code in PoolLayout.standardCodes {
            let count = blocks.sum(PoolLayout.close(side, standard: code))
            if count != 0 { counts[.some(code)] = count }
        }
        for block in blocks.all {
            PoolLayout.privateCloses.collect(group: side.index, from: block, into: &counts)
        }
        return Self.sorted(counts)
    }

    /// Plain requests by status text, zeros left out, statuses rising, `other` last.
    public var requests: [(code: String, count: UInt64)] {
        var counts: [UInt16?: UInt64] = [:]
        for block in blocks.all {
            PoolLayout.requests.collect(group: 0, from: block, into: &counts)
        }
        return Self.sorted(counts)
    }

    private static func sorted(_ counts: [UInt16?: UInt64]) -> [(code: String, count: UInt64)] {
        counts.sorted { ($0.key ?? .max) < ($1.key ?? .max) }.map { ($0.key.map { "\($0)" } ?? "other", $0.value) }
    }
}
