import Telemetry

/// Connections of one listener.
public final class ListenerMeter: Sendable {
    public let name: String
    private let blocks: WorkerBlocks

    public init(name: String, workers: Int) {
        self.name = name
        blocks = WorkerBlocks(workers: workers, cells: ListenerCells.count)
    }

    /// The counters that worker `index` writes. The meter must outlive them.
    public func worker(_ index: Int) -> ListenerCells { ListenerCells(cells: blocks.block(index).cells) }

    /// Connections accepted so far.
    public var total: UInt64 { blocks.sum(ListenerCells.acceptedCell) }

    /// Connections open now. Closes are read first, so that one accepted and closed in between cannot make it negative.
    public var active: UInt64 {
        let closed = blocks.sum(ListenerCells.closedCell)
        let accepted = blocks.sum(ListenerCells.acceptedCell)
        return accepted > closed ? accepted - closed : 0
    }

    /// Connections and requests refused so far.
    public func refused(_ reason: RefusalReason) -> UInt64 { blocks.sum(ListenerCells.refusedCell(reason)) }

    /// Handshakes so far.
    public func handshakes(_ result: HandshakeResult, _ version: TLSVersionLabel, resumed: Bool) -> UInt64 {
        blocks.sum(ListenerCells.handshakeCell(result, version, resumed))
    }
}
