import DataPlane

/// What the keeper has others do. None of it waits.
protocol KeeperHands: Sendable {
    /// False, and there is no result, once checks have stopped.
    func beginCheck(id: UInt64, target: CheckTarget) -> Bool
    /// It is ended before the next one begins.
    func cancelCheck(id: UInt64)
    /// For all workers.
    func shed(_ order: ShedOrder)
}

/// The real ones.
struct WorkingHands: KeeperHands {
    let runner: CheckRunner
    let workers: WorkerGroup

    func beginCheck(id: UInt64, target: CheckTarget) -> Bool { runner.begin(id: id, target: target) }

    func cancelCheck(id: UInt64) { runner.cancel(id: id) }

    func shed(_ order: ShedOrder) { workers.shed(order) }
}
