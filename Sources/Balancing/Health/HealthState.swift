/// What checks have found out about a backend. The raw value is the name in metrics and the admin API.
public enum HealthState: String, Sendable, Hashable, CaseIterable {
    /// No result yet.
    case unknown
    case up
    case down
}
