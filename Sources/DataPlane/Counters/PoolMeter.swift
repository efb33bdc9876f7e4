import Telemetry

/// All counters of one pool.
package final class PoolMeter: Sendable {
    /// The pool's name in the configuration.
    package let name: String
    private let blocks: WorkerBlocks

    package init(name: String, workers: Int) {
        self.name = name
        blocks = WorkerBlocks(workers: workers, cells: PoolLayout.cells)
    }

    /// The counters that worker `index` writes. The meter must outlive them.
    package func worker(_ index: Int) -> PoolCells {
        PoolCells(cells: blocks.block(index).cells)
    }
}

// What a scrape reads: each series of the pool, its labels without the pool's name.
extension PoolMeter {
    package func messages(_ direction: Direction, _ opcode: Opcode) -> UInt64 {
        blocks.sum(PoolLayout.message(direction, opcode))
    }
    package func bytes(_ direction: Direction) -> UInt64 { blocks.sum(PoolLayout.bytes(direction)) }
    package func pauses(_ direction: Direction) -> UInt64 { blocks.sum(PoolLayout.pauses(direction)) }
    package func buffered(_ direction: Direction) -> UInt64 { blocks.gauge(PoolLayout.buffered(direction)) }
    package var upgradeDurations: HistogramSnapshot { PoolLayout.upgrade.snapshot(of: blocks) }
    package var connectDurations: HistogramSnapshot { PoolLayout.connect.snapshot(of: blocks) }
    package var tunnelDurations: HistogramSnapshot { PoolLayout.tunnel.snapshot(of: blocks) }
    package var requestDurations: HistogramSnapshot { PoolLayout.request.snapshot(of: blocks) }
    package var tlsDurations: HistogramSnapshot { PoolLayout.tls.snapshot(of: blocks) }
    /// Plain requests that are at this stage now.
    package func streams(_ kind: StreamKind) -> UInt64 { blocks.gauge(PoolLayout.streams(kind)) }
    /// Connections to backends that wait for a request now.
    package var idle: UInt64 { blocks.gauge(PoolLayout.idle) }
    package var reuses: UInt64 { blocks.sum(PoolLayout.reuses) }

    /// Round trips of pings that `side` answered; nil for the proxy, which is not pinged.
    package func pingRTTs(_ side: Side) -> HistogramSnapshot? {
        switch side {
        case .client: PoolLayout.clientPing.snapshot(of: blocks)
        case .backend: PoolLayout.backendPing.snapshot(of: blocks)
        case .proxy: nil
        }
    }

    /// Closes by code text, zeros left out, codes rising, `other` last.
    package func closes(_ side: Side) -> [(code: String, count: UInt64)] {
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
    package var requests: [(code: String, count: UInt64)] {
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
