import DataPlane
import Settings

/// A pool as the admin API shows it.
package struct PoolView: Sendable {
    package var name: String
    package var balance: String
    package var isInPanic: Bool
    package var isRebalancing: Bool
    /// In the order of the configuration.
    package var backends: [BackendView]

    package init(name: String, balance: String, isInPanic: Bool = false, isRebalancing: Bool = false, backends: [BackendView]) {
        self.name = name
        self.balance = balance
        self.isInPanic = isInPanic
        self.isRebalancing = isRebalancing
        self.backends = backends
    }
}

/// A backend as the admin API shows it.
package struct BackendView: Sendable {
    /// A drain's progress.
    package struct Draining: Sendable {
        /// Tunnels and event streams told to close since it began.
        package var total: Int
        /// Connections that are still there, answers under way included.
        package var left: Int
        package var sinceSeconds: Double
    }

    package var label: String
    /// One of `BackendStateLabel`.
    package var state: String
    /// What the operator wants: ready, drain, maint.
    package var administrative: String
    /// What the checks found; nil without checks.
    package var health: String?
    package var isInService: Bool
    package var isEjected: Bool
    package var ejectedSeconds: Double?
    /// Back from an ejection, and not yet proved well.
    package var isOnProbation: Bool
    /// The part of its weight that it has in the choice, 0...1; below 1 while it starts slowly.
    package var slowStartRatio: Double
    /// Why the last check failed; empty when it passed, or without checks.
    package var lastFailure: String
    /// Connections now, dials under way included.
    package var live: Int
    package var weight: Int
    package var priority: Int
    package var isBackup: Bool
    package var zone: String?
    /// Since when it takes connections, or takes none.
    package var sinceSeconds: Double
    package var draining: Draining?
}

/// What the admin API asks of whoever keeps the pools. Called on the endpoint's threads; no call waits.
package protocol PoolDesk: Sendable {
    func pools() -> [PoolView]
    /// False when there is no such backend.
    func setState(_ state: BackendCondition.Administrative, backend: String, pool: String) -> Bool
    /// Begins to level it, once, as its configuration says where `wish` says nothing.
    func rebalance(pool: String, _ wish: RebalanceWish) -> RebalanceAnswer
    /// Ends that.
    func cancelRebalance(pool: String) -> RebalanceAnswer
}
