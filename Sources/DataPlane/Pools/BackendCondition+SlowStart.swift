import Balancing
import Synchronization

extension BackendCondition {
    /// It became available: its share grows from now on. `now` is nanoseconds of the monotonic clock, and 0 counts as 1.
    public func beganSlowly(at now: UInt64) {
        givenSince.store(0, ordering: .relaxed)
        startedAt.store(max(1, now), ordering: .relaxed)
    }

    /// The rules of its pool, for who looks at it without a snapshot. Those of 0 and 0 are none.
    public var slowStart: SlowStart {
        get {
            SlowStart(
                periodNanoseconds: slowPeriod.load(ordering: .relaxed), connections: slowConnections.load(ordering: .relaxed))
        }
        set {
            slowPeriod.store(newValue.periodNanoseconds, ordering: .relaxed)
            slowConnections.store(newValue.connections, ordering: .relaxed)
        }
    }

    /// How much of its weight it may have now, 0...1, by the rules published here.
    public func slowStartRatio(at now: UInt64) -> Double { Double(ramp(slowStart, now: now)) / 1000 }

    /// How much of its weight it may have now, in thousandths. 1000 unless it is starting; the first call that finds the start done
    /// ends it.
    public func ramp(_ rules: SlowStart, now: UInt64) -> Int {
        let began = startedAt.load(ordering: .relaxed)
        guard began != 0 else { return 1000 }
        let share = rules.ramp(
            sinceStart: now > began ? now - began : 0, connectionsSince: givenSince.load(ordering: .relaxed))
        // Only this start is ended: another one may have begun meanwhile.
        if share >= 1000 { _ = startedAt.compareExchange(expected: began, desired: 0, ordering: .relaxed) }
        return share
    }

    /// A connection to it stands, or a kept one is used again. Costs one load unless it is starting slowly.
    public func gave() {
        guard startedAt.load(ordering: .relaxed) != 0 else { return }
        givenSince.wrappingAdd(1, ordering: .relaxed)
    }
}
