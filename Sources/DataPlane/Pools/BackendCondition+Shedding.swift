import Synchronization

extension BackendCondition {
    /// Tunnels and event streams that were told to close, by a drain or by rebalancing, and are still there.
    public var tunnelsLeaving: Int { max(0, leaving.load(ordering: .relaxed)) }

    /// Those told since the drain began, the ones that are gone included.
    public var tunnelsTold: Int { max(0, told.load(ordering: .relaxed)) }

    /// One was told to close: followed by one ``left()`` or ``stays()``.
    public func leaves() {
        leaving.wrappingAdd(1, ordering: .relaxed)
        told.wrappingAdd(1, ordering: .relaxed)
    }

    /// One that was told to close is gone.
    public func left() { leaving.wrappingSubtract(1, ordering: .relaxed) }

    /// One that was told to close may live after all.
    public func stays() {
        leaving.wrappingSubtract(1, ordering: .relaxed)
        told.wrappingSubtract(1, ordering: .relaxed)
    }

    /// A drain begins: what counts as told begins with those that are still there.
    public func beginsToShed() { told.store(leaving.load(ordering: .relaxed), ordering: .relaxed) }
}
