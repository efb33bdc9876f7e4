import Balancing
import DataPlane
import Settings

/// What the keeper knows of one pool.
final class PoolKeeping {
    let name: String
    let meter: PoolMeter
    var settings: PoolSettings
    private(set) var backends: [BackendKeeping] = []
    private var byLabel: [String: BackendKeeping] = [:]
    /// Nil without ejection.
    var ejection: EjectionTracker<String>?
    /// Looks at the pool while there are ``rebalanceRules``. It stays when these go: who was sent away is still on the way then, and
    /// what the share allowed is used up, though rebalancing begin anew.
    var rebalance = Rebalance() {
        didSet { meter.isRebalancing = rebalance.isMending }
    }
    /// Set while it is rebalanced because the operator asked for it; that ends by itself.
    var once: Once?
    var nextLook = UInt64.max

    /// Rebalancing that the operator asked for.
    struct Once {
        let began: UInt64
        var wish = RebalanceWish()
        /// Tunnels told to close since, without those that were let stay.
        var told = 0
        /// Since when it waits for a backend that takes connections.
        var waitsSince: UInt64?
    }

    /// Its clients come back to where they were, so that closing tunnels moves nobody.
    var isBound: Bool { settings.balance == .hash || settings.sticky != nil }

    /// By what it is rebalanced: the operator's wish comes before the file. Nil when it is not.
    var rebalanceRules: RebalanceRules? {
        guard let once else { return settings.rebalance.map { RebalanceRules($0) } }
        return RebalanceRules(once.wish.over(settings.rebalance ?? RebalanceSettings()))
    }

    init(_ settings: PoolSettings, meter: PoolMeter) {
        name = settings.name
        self.settings = settings
        self.meter = meter
    }

    func backend(_ label: String) -> BackendKeeping? { byLabel[label] }

    /// Takes over the members of a new configuration; a label that comes twice counts once.
    func setBackends(_ members: [BackendKeeping]) {
        byLabel = Dictionary(members.map { ($0.key.backend, $0) }) { first, _ in first }
        backends = members
    }

    /// For ``EjectionTracker``: who could take connections, ejection left aside.
    func isAvailable(_ label: String) -> Bool { byLabel[label]?.isAvailable ?? false }
}
