/// One worker's own gauge: a trivial value holding a pointer. Its ``ProcessMeter`` must outlive it.
public struct WorkerCells: Sendable {
    static var arrivedCell: Int { 0 }
    static var departedCell: Int { 1 }
    let cells: CounterCells

    /// The worker took a client connection.
    public func arrived() { cells.add(Self.arrivedCell, 1) }

    /// One of its connections ended.
    public func departed() { cells.add(Self.departedCell, 1) }

    /// Client connections the worker holds now.
    public var connections: UInt64 { cells.load(Self.arrivedCell) &- cells.load(Self.departedCell) }
}
