/// The labels of ``TunnelMeter``.
package struct TunnelKey: Hashable, Sendable {
    package let route: String
    package let pool: String
    package let backend: String

    package init(route: String, pool: String, backend: String) {
        self.route = route
        self.pool = pool
        self.backend = backend
    }
}
