/// The labels of ``BackendMeter``.
public struct BackendKey: Hashable, Sendable {
    public let pool: String
    /// The backend's label: its address as configured.
    public let backend: String

    public init(pool: String, backend: String) {
        self.pool = pool
        self.backend = backend
    }
}
