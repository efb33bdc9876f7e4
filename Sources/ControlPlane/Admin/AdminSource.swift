/// What the admin endpoint asks the rest of the program. Called on threads of the admin endpoint, never on a worker's;
/// must not block on one.
public protocol AdminSource: Sendable {
    /// Whether the process is well: `/livez`.
    func isLive() -> Bool
    /// Whether it takes connections; false from the moment a drain begins: `/readyz`.
    func isReady() -> Bool
    /// The exposition for `/metrics`, as Prometheus text or OpenMetrics.
    func metrics(openMetrics: Bool) -> [UInt8]
}
