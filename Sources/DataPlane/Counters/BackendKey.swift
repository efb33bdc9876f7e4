/// The labels of ``BackendMeter``.
package struct BackendKey: Hashable, Sendable {
    package let pool: String
    /// The backend's label: its address as configured.
    package let backend: String

    package init(pool: String, backend: String) {
        self.pool = pool
        self.backend = backend
    }
}
