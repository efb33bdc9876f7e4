import Balancing
import DataPlane
import Session
import Settings

/// What the keeper knows of one backend.
final class BackendKeeping {
    let key: BackendKey
    let condition: BackendCondition
    let meter: BackendMeter
    var settings: BackendSettings

    // MARK: Checks

    /// Nil without checks.
    var target: CheckTarget?
    var tracker: HealthTracker?
    var turn = CheckTurn()
    /// The check under way: the runner's id for it, and the turn's number.
    var check: (id: UInt64, number: UInt64)?
    var checkBegan: UInt64 = 0
    /// When the first began of those that were given up, one after the other, because the backend was to be asked elsewhere.
    var unheardSince: UInt64?
    /// Why the last check failed; empty after one that passed.
    var lastFailure = ""

    // MARK: What was published

    /// Whether it took connections when that was looked at last.
    var wasInService = false
    /// Whether it has ever taken connections.
    var hasServed = false
    /// When it began or ceased to take connections.
    var changedAt: UInt64
    /// Why its tunnels are being closed; nil while they are not.
    var shedding: CloseReason.Cause?
    var sheddingSince: UInt64 = 0
    /// How fast that was ordered.
    var pace: DrainPaceSettings?
    /// The end of that drain was told.
    var isEmptied = false
    /// Some of its tunnels were told to close by rebalancing, and that was not called off.
    var hasTold = false

    /// - Parameter state: the operator's word; nil leaves it to the file's.
    init(
        _ settings: BackendSettings, state: BackendCondition.Administrative? = nil, key: BackendKey, registry: MeterRegistry,
        at now: UInt64
    ) {
        self.settings = settings
        self.key = key
        condition = registry.condition(pool: key.pool, label: key.backend)
        meter = registry.backend(pool: key.pool, label: key.backend)
        condition.administrative = state ?? BackendCondition.Administrative(settings.state)
        condition.isEjected = false
        condition.wasUnwell = false
        changedAt = now
    }

    /// As far as the operator and the checks are concerned; ejection left aside.
    var isAvailable: Bool { condition.administrative == .ready && (tracker?.takesNew ?? true) }

    var tier: Int { BackendFacts.tier(priority: settings.priority, isBackup: settings.isBackup) }
}

extension BackendCondition.Administrative {
    init(_ state: BackendSettings.State) {
        self =
            switch state {
            case .ready: .ready
            case .drain: .drain
            case .maint: .maint
            }
    }

    /// As in a configuration and in the admin API.
    public var text: String {
        switch self {
        case .ready: "ready"
        case .drain: "drain"
        case .maint: "maint"
        }
    }

    public init?(text: String) {
        guard let state = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = state
    }
}

extension BackendCondition.Health {
    init(_ state: HealthState) {
        self =
            switch state {
            case .unknown: .unknown
            case .up: .up
            case .down: .down
            }
    }
}
