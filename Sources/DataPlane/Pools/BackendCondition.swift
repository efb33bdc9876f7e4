import Synchronization

/// How one backend of one pool stands: written by the keeper, read by every worker that chooses, carried over reloads.
///
/// Each part is an atomic of its own, read relaxed: a worker may see one part of a change a moment before the other, which costs at
/// most one connection to the wrong backend.
public final class BackendCondition: Sendable {
    /// What the operator wants of it.
    public enum Administrative: UInt8, Sendable, Hashable, CaseIterable {
        /// It takes connections.
        case ready
        /// It takes nothing new, and its tunnels are closed by and by.
        case drain
        /// As drain, and it is not checked either.
        case maint
    }

    /// What the checks found.
    public enum Health: UInt8, Sendable, Hashable, CaseIterable {
        /// No result yet, or no checks.
        case unknown
        case up
        case down
    }

    public let key: BackendKey
    private let administrativeState = Atomic<UInt8>(Administrative.ready.rawValue)
    private let healthState = Atomic<UInt8>(Health.unknown.rawValue)
    private let flags = Flags()
    let startedAt = Atomic<UInt64>(0)
    let givenSince = Atomic<Int>(0)
    let slowPeriod = Atomic<UInt64>(0)
    let slowConnections = Atomic<Int>(0)
    let dials = Atomic<Int>(0)
    let leaving = Atomic<Int>(0)
    let told = Atomic<Int>(0)

    private final class Flags: Sendable {
        let saysDraining = Atomic<Bool>(false)
        let isEjected = Atomic<Bool>(false)
        let isOnProbation = Atomic<Bool>(false)
        let startsDown = Atomic<Bool>(false)
        let wasUnwell = Atomic<Bool>(false)
        let isChecked = Atomic<Bool>(false)
    }

    public init(key: BackendKey) {
        self.key = key
    }

    public var administrative: Administrative {
        get { Administrative(rawValue: administrativeState.load(ordering: .relaxed)) ?? .ready }
        set { administrativeState.store(newValue.rawValue, ordering: .relaxed) }
    }

    public var health: Health {
        get { Health(rawValue: healthState.load(ordering: .relaxed)) ?? .unknown }
        set { healthState.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Its health answer asks for nothing new.
    public var saysDraining: Bool {
        get { flags.saysDraining.load(ordering: .relaxed) }
        set { flags.saysDraining.store(newValue, ordering: .relaxed) }
    }

    /// Put out of the choice for a while by what live traffic saw.
    public var isEjected: Bool {
        get { flags.isEjected.load(ordering: .relaxed) }
        set { flags.isEjected.store(newValue, ordering: .relaxed) }
    }

    /// Back from an ejection, and not yet proved well: one failure ejects it again. The choice does not mind.
    public var isOnProbation: Bool {
        get { flags.isOnProbation.load(ordering: .relaxed) }
        set { flags.isOnProbation.store(newValue, ordering: .relaxed) }
    }

    /// Its pool has checks: unknown then means that no result has come yet.
    public var isChecked: Bool {
        get { flags.isChecked.load(ordering: .relaxed) }
        set { flags.isChecked.store(newValue, ordering: .relaxed) }
    }

    /// With checks that begin with `start: down`: unknown counts as down.
    public var startsDown: Bool {
        get { flags.startsDown.load(ordering: .relaxed) }
        set { flags.startsDown.store(newValue, ordering: .relaxed) }
    }

    /// A failure was reported since it was last known to be well: successes are worth a report only then.
    public var wasUnwell: Bool {
        get { flags.wasUnwell.load(ordering: .relaxed) }
        set { flags.wasUnwell.store(newValue, ordering: .relaxed) }
    }

    /// For `BackendFacts.isAvailable`: the operator wants it to take connections, and it did not ask for none itself.
    public var takesNew: Bool {
        administrativeState.load(ordering: .relaxed) == Administrative.ready.rawValue && !saysDraining
    }

    /// For `BackendFacts.isSuspect`: down, ejected, or not known yet where that counts as down.
    public var isSuspect: Bool {
        if isEjected { return true }
        let state = healthState.load(ordering: .relaxed)
        if state == Health.up.rawValue { return false }
        return state == Health.down.rawValue || startsDown
    }

    /// Whether it takes part in the choice, the panic rule aside.
    public var isInService: Bool { takesNew && !isSuspect }
}
