/// What a choice needs to know about one backend, at the moment of choosing.
package struct BackendFacts: Sendable, Hashable {
    /// Its share relative to the others of the pool. Below 1 counts as 1.
    package var weight: Int
    /// False while it must not get new connections, for whatever reason: the choice does not ask why.
    package var isAvailable: Bool
    /// The live connections it may hold; nil is without a bound.
    package var maxConnections: Int?

    package init(weight: Int = 1, isAvailable: Bool = true, maxConnections: Int? = nil) {
        self.weight = weight
        self.isAvailable = isAvailable
        self.maxConnections = maxConnections
    }

    /// True when one more connection may go there, with `load` live ones now.
    func takes(load: Int) -> Bool {
        guard isAvailable else { return false }
        guard let maxConnections else { return true }
        return load < maxConnections
    }
}
