/// How a pool chooses among its backends. The raw value is the name in a configuration.
public enum Algorithm: String, Sendable, Hashable, CaseIterable {
    /// In turn, by weight, smoothly interleaved.
    case roundRobin = "round_robin"
    /// The fewest live connections for its weight.
    case leastConnections = "least_connections"
    /// Two drawn by weight, the less loaded of them.
    case powerOfTwo = "power_of_two"
    /// Drawn by weight.
    case random
    /// By a key of the request: equal keys go to the same backend, in every worker and every proxy.
    case hash

    /// The one by which tunnels are placed: while a pool is made level, whoever comes goes to where there is room. In turn or by lot those
    /// that were sent away would come back to where they were as often as not, and be sent away again.
    public func placing(isRebalancing: Bool) -> Algorithm {
        isRebalancing && self != .hash ? .leastConnections : self
    }
}
