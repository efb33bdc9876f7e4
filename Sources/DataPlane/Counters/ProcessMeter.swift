import Synchronization
import Telemetry

/// Counters that belong to no listener, route or pool.
public final class ProcessMeter: Sendable {
    private let blocks: WorkerBlocks
    private let limits = LabelCounts<LimitName>()
    private let lookups = LabelCounts<ResolutionResult>()
    private let internalErrorCount = SharedCounter()
    private let drain = Atomic<Int>(0)
    /// Log lines lost; give it to the ``LogSink``.
    public let logLinesDropped: SharedCounter

    public init(workers: Int, logLinesDropped: SharedCounter = SharedCounter()) {
        blocks = WorkerBlocks(workers: workers, cells: 2)
        self.logLinesDropped = logLinesDropped
    }

    /// How many workers there are.
    public var workers: Int { blocks.workers }

    /// The gauge that worker `index` writes. The meter must outlive it.
    public func worker(_ index: Int) -> WorkerCells { WorkerCells(cells: blocks.block(index).cells) }

    /// Client connections held by a worker now. Departures are read first, so that it cannot be negative.
    public func connections(worker index: Int) -> UInt64 {
        let block = blocks.block(index)
        let departed = block.load(WorkerCells.departedCell)
        let arrived = block.load(WorkerCells.arrivedCell)
        return arrived > departed ? arrived - departed : 0
    }

    /// A limit was reached. Any thread.
    public func limitHit(_ limit: LimitName) { limits.add(limit) }

    /// Times a limit was reached so far.
    public func limitHits(_ limit: LimitName) -> UInt64 { limits.load(limit) }

    /// So many names of backends were looked up with this result. Any thread.
    public func resolved(_ result: ResolutionResult, _ count: Int = 1) { lookups.add(result, UInt64(clamping: count)) }

    /// Names looked up so far.
    public func resolutions(_ result: ResolutionResult) -> UInt64 { lookups.load(result) }

    /// A state that should not be reachable was reached, and ended one connection. Any thread.
    public func internalError() { internalErrorCount.add() }

    /// Such states so far.
    public var internalErrors: UInt64 { internalErrorCount.load() }

    /// Tunnels and streams that a running drain has still to end; 0 when none runs. Any thread.
    public var drainRemaining: Int {
        get { drain.load(ordering: .relaxed) }
        set { drain.store(newValue, ordering: .relaxed) }
    }

    /// Moves the number of tunnels and streams still to be ended by `delta`. Any thread.
    public func moveDrainRemaining(by delta: Int) {
        drain.wrappingAdd(delta, ordering: .relaxed)
    }
}
