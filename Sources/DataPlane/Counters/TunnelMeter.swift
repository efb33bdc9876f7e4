/// Tunnels of one route to one backend of one pool.
public final class TunnelMeter: Sendable {
    public let key: TunnelKey
    private let blocks: WorkerBlocks

    public init(key: TunnelKey, workers: Int) {
        self.key = key
        blocks = WorkerBlocks(workers: workers, cells: 2)
    }

    /// The counters that worker `index` writes. The meter must outlive them.
    public func worker(_ index: Int) -> TunnelCells { TunnelCells(cells: blocks.block(index).cells) }

    /// Tunnels opened so far.
    public var total: UInt64 { blocks.sum(TunnelCells.openedCell) }

    /// Those of one worker that are open now; 0 for a worker that there is not.
    public func active(worker index: Int) -> Int {
        let block = blocks.block(index)
        let closed = block.load(TunnelCells.closedCell)
        let opened = block.load(TunnelCells.openedCell)
        return opened > closed ? Int(clamping: opened - closed) : 0
    }

    /// Tunnels open now. Closes are read first, so that a tunnel opened and closed in between cannot make it negative.
    public var active: UInt64 {
        let closed = blocks.sum(TunnelCells.closedCell)
        let opened = blocks.sum(TunnelCells.openedCell)
        return opened > closed ? opened - closed : 0
    }
}
