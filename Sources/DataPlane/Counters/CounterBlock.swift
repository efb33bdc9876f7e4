import Synchronization

/// A row of 64-bit counters that one thread writes and any thread may read.
///
/// The discipline: a block belongs to one worker. Adding is a relaxed load and a relaxed store, no read-modify-write, so two
/// writers would lose counts (never more than that: there is no undefined behaviour, every access is atomic). A scrape reads
/// relaxed, and may see one counter of an event and not yet the other. Blocks start at a cache line of their own and end at
/// one, so that workers do not slow each other down.
///
/// Sendable by this proof: `base` never changes; its memory is allocated in `init` and freed in `deinit` only; every access
/// to it in between is atomic.
public final class CounterBlock: Sendable {
    /// Two lines of 64 bytes: processors fetch them in pairs.
    private static let alignment = 128
    private static let cellsPerUnit = 16

    nonisolated(unsafe) private let base: UnsafeMutablePointer<Atomic<UInt64>>
    /// How many cells may be used.
    public let count: Int
    private let allocated: Int

    /// A block of zeros. Fewer than one cell is taken as one.
    public init(cells: Int) {
        count = min(max(1, cells), 1 << 24)
        allocated = (count + Self.cellsPerUnit - 1) / Self.cellsPerUnit * Self.cellsPerUnit
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: allocated * MemoryLayout<UInt64>.stride, alignment: Self.alignment)
        base = memory.bindMemory(to: Atomic<UInt64>.self, capacity: allocated)
        for cell in 0..<allocated {
            (base + cell).initialize(to: Atomic(0))
        }
    }

    deinit {
        base.deinitialize(count: allocated)
        UnsafeMutableRawPointer(base).deallocate()
    }

    /// Adds `n` to a cell, wrapping. Only the owning worker may call it. A cell that does not exist is ignored.
    public func add(_ cell: Int, _ n: UInt64 = 1) {
        guard cell >= 0, cell < count else { return }
        cells.add(cell, n)
    }

    /// What a cell holds now; 0 for one that does not exist. Any thread may call it.
    public func load(_ cell: Int) -> UInt64 {
        guard cell >= 0, cell < count else { return 0 }
        return cells.load(cell)
    }

    /// The unchecked view for code whose offsets are constants of a layout. The block must outlive it.
    var cells: CounterCells { CounterCells(base: base) }
}
