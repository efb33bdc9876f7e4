import DataPlane
import Settings

/// A pool as the admin API shows it.
public struct PoolView: Sendable {
    public var name: String
    public var balance: String
    public var isInPanic: Bool
    public var isRebalancing: Bool
    /// In the order of the configuration.
    public var backends: [BackendView]

    public init(name: String, balance: String, isInPanic: Bool = false, isRebalancing: Bool = false, backends: [BackendView]) {
        self.name = name
        self.balance = balance
        self.isInPanic = isInPanic
        self.isRebalancing = isRebalancing
        self.backends = backends
    }
}

/// A backend as the admin API shows it.
public struct BackendView: Sendable {
    /// A drain's progress.
    public struct Draining: Sendable {
        /// Tunnels and event streams told to close since it began.
        public var total: Int
        /// Connections that are still there, answers under way included.
        public var left: Int
        public var sinceSeconds: Double
    }

    public var label: String
    /// One of `BackendStateLabel`.
    public var state: String
    /// What the operator wants: ready, drain, maint.
    public var administrative: String
    /// What the checks found; nil without checks.
    public var health: String?
    public var isInService: Bool
    public var isEjected: Bool
    public var ejectedSeconds: Double?
    /// Back from an ejection, and not yet proved well.
    public var isOnProbation: Bool
    /// The part of its weight that it has in the choice, 0...1; below 1 while it starts slowly.
    public var slowStartRatio: Double
    /// Why the last check failed; empty when it passed, or without checks.
    public var lastFailure: String
    /// Connections now, dials under way included.
    public var live: Int
    public var weight: Int
    public var priority: Int
    public var isBackup: Bool
    public var zone: String?
    /// Since when it takes connections, or takes none.
    public var sinceSeconds: Double
    public var draining: Draining?
}

/// What the admin API asks of whoever keeps the pools. Called on the endpoint's threads; no call waits.
public protocol PoolDesk: Sendable {
    func pools() -> [PoolView]
    /// False when there is no such backend.
    func setState(_ state: BackendCondition.Administrative, backend: String, pool: String) -> Bool
    /// Begins to level it, once, as its configuration says where `wish` says nothing.
    func rebalance(pool: String, _ wish: RebalanceWish) -> RebalanceAnswer
    /// Ends that.
    func cancelRebalance(pool: String) -> RebalanceAnswer
}
