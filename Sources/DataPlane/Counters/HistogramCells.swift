import Telemetry

/// A histogram inside a block: its buckets from `start`, then its sum.
struct HistogramCells {
    let start: Int
    let shape: HistogramShape

    /// Cells it takes up.
    var cells: Int { shape.bucketCount + 1 }

    func observe(nanoseconds: UInt64, in cells: CounterCells) {
        cells.add(start + shape.bucket(nanoseconds: nanoseconds), 1)
        cells.add(start + shape.bucketCount, nanoseconds / shape.nanosecondsPerSumUnit)
    }

    func snapshot(of blocks: WorkerBlocks) -> HistogramSnapshot {
        HistogramSnapshot(
            shape: shape, counts: (0..<shape.bucketCount).map { blocks.sum(start + $0) },
            sum: blocks.sum(start + shape.bucketCount))
    }
}
