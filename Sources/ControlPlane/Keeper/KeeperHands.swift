import DataPlane

/// What the keeper has others do. None of it waits.
protocol KeeperHands: Sendable {
    /// False, and there is no result, once checks have stopped.
    func beginCheck(id: UInt64, target: CheckTarget) -> Bool
    /// For all workers.
    func shed(_ order: ShedOrder)
}

/// The real ones.
struct WorkingHands: KeeperHands {
    let runner: CheckRunner
    let workers: WorkerGroup

    func beginCheck(id: UInt64, target: CheckTarget) -> Bool { runner.begin(id: id, target: target) }

    func shed(_ order: ShedOrder) { workers.shed(order) }
}
