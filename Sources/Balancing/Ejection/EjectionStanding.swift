/// How one backend stands with its pool's `EjectionTracker`.
public enum EjectionStanding: Sendable, Hashable {
    /// It takes connections.
    case well
    /// It takes none before this moment.
    case ejected(until: UInt64)
    /// It takes connections again; one failure ejects it.
    case probation

    public var isEjected: Bool {
        if case .ejected = self { true } else { false }
    }
}
