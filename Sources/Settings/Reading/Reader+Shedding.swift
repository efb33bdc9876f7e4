import Balancing

/// When and how fast a pool's tunnels are moved away.
extension Reader {
    static let sheddingKeys = ["max_lifetime", "rebalance", "drain"]

    /// - Parameter balance: nil for one that was refused.
    mutating func shedding(_ fields: Fields, balance: Algorithm?, into pool: inout PoolSettings) {
        pool.maxLifetime = lifetime(fields["max_lifetime"])
        pool.rebalance = rebalance(fields["rebalance"])
        pool.drain = pace(fields["drain"])
        guard pool.rebalance != nil, let element = fields["rebalance"] else { return }
        if balance == .hash {
            error(
                element, "clients of a pool with `balance: hash` come back to where the hash puts them",
                remedy: "remove `rebalance`, or choose another `balance`; `max_load` of `hash` bounds what one backend gets")
        } else if pool.sticky != nil {
            error(
                element, "clients with the cookie of `sticky` come back to the same backend",
                remedy: "remove `rebalance` or `sticky`")
        }
    }

    /// `off`, `on`, a duration, or a mapping.
    private mutating func lifetime(_ element: Element?) -> LifetimeSettings? {
        guard let element = unlessOff(element) else { return nil }
        let bounds = Duration.seconds(1) ... .seconds(720 * 3600)
        var result = LifetimeSettings()
        if isOn(element) { return result }
        if element.scalar != nil { return duration(element, in: bounds).map { LifetimeSettings(time: $0) } }
        guard let fields = fields(element, keys: ["time", "jitter"], or: ["on", "off", "a time such as 4h"]) else { return nil }
        if let key = fields["time"] { result.time = duration(key, in: bounds) ?? result.time }
        if let key = fields["jitter"] { result.jitterPercent = integer(key, in: 0...100) ?? result.jitterPercent }
        return result
    }

    /// `off`, `on`, or a mapping.
    private mutating func rebalance(_ element: Element?) -> RebalanceSettings? {
        guard let element = unlessOff(element) else { return nil }
        var result = RebalanceSettings()
        if isOn(element) { return result }
        guard let fields = fields(element, keys: ["threshold", "share", "interval"], or: ["on", "off"]) else { return nil }
        if let key = fields["threshold"] {
            result.thresholdPerMille = ratio(key, in: RebalanceSettings.thresholds) ?? result.thresholdPerMille
        }
        if let key = fields["share"] { result.sharePercent = integer(key, in: RebalanceSettings.shares) ?? result.sharePercent }
        if let key = fields["interval"] {
            result.interval = duration(key, in: RebalanceSettings.intervals) ?? result.interval
        }
        return result
    }

    private mutating func pace(_ element: Element?) -> DrainPaceSettings {
        let usual = DrainPaceSettings.over(.seconds(30))
        guard let fields = section(element, keys: ["over", "per_second"], or: ["{ over: 30s }"]) else { return usual }
        let over = fields["over"].flatMap { duration($0, in: .zero ... .seconds(24 * 3600)) }
        let rate = fields["per_second"].flatMap { integer($0, in: 1...100_000) }
        if fields["over"] != nil, let element = fields["per_second"] {
            error(element, "a drain has a time or a rate, not both", remedy: "remove `over` or `per_second`")
        }
        return rate.map { .perSecond($0) } ?? over.map { .over($0) } ?? usual
    }
}
