/// What a choice needs to know about one backend, at the moment of choosing.
public struct BackendFacts: Sendable, Hashable {
    /// Its share relative to the others of the pool. Below 1 counts as 1, above 1,000,000 as that.
    public var weight: Int
    /// False while it must not get new connections, for whatever reason: drain, maint, no address. No rule overrides it.
    public var isAvailable: Bool
    /// The live connections it may hold; nil is without a bound.
    public var maxConnections: Int?
    /// Backends of the lowest tier that has one to take the connection come first; see `tier(priority:isBackup:)`.
    public var tier: Int
    /// In the proxy's own zone; true for all where no zones are configured.
    public var isLocal: Bool
    /// Down or ejected: passed over, unless so many of the pool are that the panic rule counts them again.
    public var isSuspect: Bool
    /// Slow start: how much of its weight it may have now, in thousandths, 1...1000. Out of range counts as the nearest.
    public var ramp: Int
    /// It takes no more for the moment, as when too many dials are in flight. Counts as full, not as unavailable.
    public var isSaturated: Bool

    public init(
        weight: Int = 1, isAvailable: Bool = true, maxConnections: Int? = nil, tier: Int = 0, isLocal: Bool = true,
        isSuspect: Bool = false, ramp: Int = 1000, isSaturated: Bool = false
    ) {
        self.weight = weight
        self.isAvailable = isAvailable
        self.maxConnections = maxConnections
        self.tier = tier
        self.isLocal = isLocal
        self.isSuspect = isSuspect
        self.ramp = ramp
        self.isSaturated = isSaturated
    }

    /// The tier of a configured priority, 0 first: backups come after all priorities, in the order of their own.
    /// - Parameter priority: 0...15; out of range counts as the nearest.
    public static func tier(priority: Int, isBackup: Bool) -> Int {
        min(max(priority, 0), 15) + (isBackup ? 16 : 0)
    }

    /// The load is asked for only where there is a bound: adding up the counts of all workers costs something.
    func isFull(load: @autoclosure () -> Int) -> Bool {
        if isSaturated { return true }
        guard let maxConnections else { return false }
        return max(0, load()) >= maxConnections
    }

    /// Takes the connection, and no rule could speak against it.
    func isPlainlyOpen(load: @autoclosure () -> Int) -> Bool {
        isAvailable && !isSuspect && tier == 0 && isLocal && ramp >= 1000 && !isFull(load: load())
    }

    /// 1...1,000,000.
    var boundedWeight: Int { min(max(weight, 1), 1_000_000) }

    /// 1...1000.
    var boundedRamp: Int { min(max(ramp, 1), 1000) }

    /// What it weighs now, in thousandths of weight: 1...1,000,000,000.
    var lots: Int { boundedWeight * boundedRamp }
}
