/// One ``CounterBlock`` per worker, added up when read.
public final class WorkerBlocks: Sendable {
    /// The workers' blocks, and one more for an index that no worker has: there counts may be lost, but nothing breaks.
    private let blocks: [CounterBlock]

    /// Fewer than one worker is taken as one.
    public init(workers: Int, cells: Int) {
        blocks = (0...min(max(1, workers), 4096)).map { _ in CounterBlock(cells: cells) }
    }

    /// The block of a worker; the spare one for an index out of range.
    public func block(_ worker: Int) -> CounterBlock {
        blocks[worker >= 0 && worker < blocks.count - 1 ? worker : blocks.count - 1]
    }

    /// How many workers there are.
    public var workers: Int { blocks.count - 1 }

    /// Every block, the spare one too.
    public var all: [CounterBlock] { blocks }

    /// A cell added up over all workers, wrapping.
    public func sum(_ cell: Int) -> UInt64 {
        blocks.reduce(0) { $0 &+ $1.load(cell) }
    }

    /// A cell that counts up and down, added up; never below 0, which a torn reading could show for a moment.
    public func gauge(_ cell: Int) -> UInt64 {
        let value = Int64(bitPattern: sum(cell))
        return value < 0 ? 0 : UInt64(value)
    }
}
