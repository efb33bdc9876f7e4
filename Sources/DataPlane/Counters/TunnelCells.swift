/// One worker's counters of one ``TunnelMeter``: a trivial value holding a pointer. The meter must outlive it.
///
/// The registry keeps a meter as long as a tunnel of it is open; before ``opened()`` and for a later tunnel the holder keeps
/// the meter itself (through its snapshot).
public struct TunnelCells: Sendable {
    static var openedCell: Int { 0 }
    static var closedCell: Int { 1 }
    let cells: CounterCells

    /// A tunnel came to be.
    public func opened() { cells.add(Self.openedCell, 1) }

    /// It ended. Called exactly once for each ``opened()``, by the same worker, and nothing is written after it.
    public func closed() { cells.add(Self.closedCell, 1) }
}
