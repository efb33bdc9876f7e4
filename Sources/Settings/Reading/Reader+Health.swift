import Balancing

/// What a pool makes of backends that are not well, and of those that come back.
extension Reader {
    static let healthKeys = ["check", "ejection", "when_down", "slow_start", "panic"]

    /// - Parameter backends: those that could be read; nil when their list is wrong as a whole.
    mutating func health(_ fields: Fields, of backends: [BackendSettings]?, into pool: inout PoolSettings) {
        pool.check = check(fields["check"], of: backends)
        pool.ejection = ejection(fields["ejection"], among: size(of: backends, in: fields))
        if let key = fields["when_down"] {
            pool.whenDown = choice(key, PoolSettings.WhenDown.self) ?? pool.whenDown
            if pool.whenDown == .close, unlessOff(fields["check"]) == nil, unlessOff(fields["ejection"]) == nil {
                warn(
                    place(of: key), "no backend is ever found down, as nobody looks",
                    remedy: "write `check` or `ejection`, or remove `when_down`")
            }
        }
        pool.slowStart = slowStart(fields["slow_start"])
        if let key = fields["panic"] {
            pool.panicPercent = isOff(key) ? 0 : integer(key, in: 0...100) ?? pool.panicPercent
        }
    }

    /// How many backends the pool has; nil where the file does not tell, or where some of them were refused.
    private func size(of backends: [BackendSettings]?, in fields: Fields) -> Int? {
        guard let backends, backends.count == fields["backends"]?.items?.count,
            !backends.contains(where: { $0.isService || $0.resolution == .each })
        else { return nil }
        return backends.count
    }

    /// `off`, `on`, or a mapping.
    ///
    /// - Parameter count: of the pool's backends, if that is known.
    private mutating func ejection(_ element: Element?, among count: Int?) -> EjectionSettings? {
        guard let element = unlessOff(element) else { return nil }
        var result = EjectionSettings()
        if count == 1 {
            warn(
                place(of: element), "the only backend of a pool is never ejected",
                remedy: "write the others into `backends`, or remove `ejection`")
        }
        if isOn(element) { return result }
        let keys = ["failures", "early_death", "base", "longest", "max_share"]
        guard let fields = fields(element, keys: keys, or: ["on", "off"]) else { return nil }
        if let key = fields["failures"] { result.failures = integer(key, in: 1...1000) ?? result.failures }
        if let key = fields["early_death"] {
            result.earlyDeath =
                isOff(key) ? nil : duration(key, in: .milliseconds(10) ... .seconds(300)) ?? result.earlyDeath
        }
        if let key = fields["base"] {
            result.base = duration(key, in: .milliseconds(100) ... .seconds(3600)) ?? result.base
            result.longest = max(result.longest, result.base)
        }
        if let key = fields["longest"],
            let written = duration(key, in: .milliseconds(100) ... .seconds(24 * 3600))
        {
            result.longest = written
            if written < result.base {
                error(
                    key, "the longest time is shorter than the first, \(DurationText.write(result.base))",
                    remedy: "write at least that, or a shorter `base`")
            }
        }
        if let key = fields["max_share"] {
            result.maxSharePercent = integer(key, in: 1...100) ?? result.maxSharePercent
            if let count, count > 1, EjectionRules(maxShare: result.maxSharePercent).cap(of: count) == 0 {
                warn(
                    place(of: key), "nobody is ever ejected: \(result.maxSharePercent) percent of \(count) backends are not even one",
                    remedy: "write at least \((100 + count - 1) / count)")
            }
        }
        return result
    }

    /// `off`, `on`, a duration, or a mapping. By a duration alone connections are not counted.
    private mutating func slowStart(_ element: Element?) -> SlowStartSettings? {
        guard let element = unlessOff(element) else { return nil }
        let bounds = Duration.seconds(1) ... .seconds(3600)
        var result = SlowStartSettings(connections: 100)
        if isOn(element) { return result }
        if element.scalar != nil { return duration(element, in: bounds).map { SlowStartSettings(period: $0) } }
        guard let fields = fields(element, keys: ["period", "connections"], or: ["on", "off", "a time such as 30s"]) else { return nil }
        if let key = fields["period"] { result.period = duration(key, in: bounds) ?? result.period }
        if let key = fields["connections"] {
            result.connections = isOff(key) ? nil : integer(key, in: 1...1_000_000) ?? result.connections
        }
        return result
    }
}
