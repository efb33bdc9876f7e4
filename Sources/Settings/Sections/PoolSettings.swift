import Balancing

/// Backends that do the same work.
package struct PoolSettings: Sendable, Hashable {
    /// The most backends in one pool.
    package static let mostBackends = 4096

    /// 1 to 64 letters, digits, `_`, `-` and `.`: a metric label.
    package var name: String
    package var balance: Algorithm
    /// At least one, at most `mostBackends`; labels are unique within the pool.
    package var backends: [BackendSettings]
    package var source: SourcePlace

    package init(
        name: String, balance: Algorithm = .roundRobin, backends: [BackendSettings], source: SourcePlace = .none
    ) {
        self.name = name
        self.balance = balance
        self.backends = backends
        self.source = source
    }
}
