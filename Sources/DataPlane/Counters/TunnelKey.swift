/// The labels of ``TunnelMeter``.
public struct TunnelKey: Hashable, Sendable {
    public let route: String
    public let pool: String
    public let backend: String

    public init(route: String, pool: String, backend: String) {
        self.route = route
        self.pool = pool
        self.backend = backend
    }
}
