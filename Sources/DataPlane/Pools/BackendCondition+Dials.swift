import Synchronization

extension BackendCondition {
    /// Dials begun and not over, of all workers.
    public var dialsInFlight: Int { dials.load(ordering: .relaxed) }

    /// A dial begins, unless `limit` are in flight; false then, and nothing has changed. Each true is followed by one ``endDial()``.
    public func beginDial(limit: Int?) -> Bool {
        let before = dials.wrappingAdd(1, ordering: .relaxed).oldValue
        guard let limit, before >= limit else { return true }
        endDial()
        return false
    }

    /// A dial is over, whatever came of it.
    public func endDial() {
        dials.wrappingSubtract(1, ordering: .relaxed)
    }
}
