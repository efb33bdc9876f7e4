import Synchronization

/// A bare pointer to a ``CounterBlock``'s cells: what the hot path holds, without reference counting and without a bounds check.
///
/// Offsets must come from a layout that the block was made for; a test of each layout proves its highest offset inside.
///
/// `@unchecked Sendable` by this proof: it is one immutable pointer, and everything done through it is atomic. That the
/// block lives is the holder's duty, as for every unowned pointer.
struct CounterCells: @unchecked Sendable {
    let base: UnsafeMutablePointer<Atomic<UInt64>>

    /// Single writer: a load and a store, no locked instruction.
    @inline(__always)
    func add(_ cell: Int, _ n: UInt64) {
        let value = base[cell].load(ordering: .relaxed)
        base[cell].store(value &+ n, ordering: .relaxed)
    }

    @inline(__always)
    func load(_ cell: Int) -> UInt64 {
        base[cell].load(ordering: .relaxed)
    }

    /// Publishes a value that readers pair with ``loadPublished(_:)``.
    @inline(__always)
    func publish(_ cell: Int, _ value: UInt64) {
        base[cell].store(value, ordering: .releasing)
    }

    @inline(__always)
    func loadPublished(_ cell: Int) -> UInt64 {
        base[cell].load(ordering: .acquiring)
    }
}
