/// Idle connections to a backend that are kept for the next plain request.
public struct KeepAliveSettings: Sendable, Hashable {
    /// For each worker and backend, 0...10000; 0 keeps none.
    public var connections: Int
    /// How long one may wait.
    public var timeout: Duration

    public init(connections: Int = 32, timeout: Duration = .seconds(30)) {
        self.connections = connections
        self.timeout = timeout
    }
}
