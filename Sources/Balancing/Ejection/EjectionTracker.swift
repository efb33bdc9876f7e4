/// Which backends of one pool are out because live traffic fails there.
///
/// Ejection never empties a pool: at most `maxShare` of its backends are out at once, and none is ejected when no other takes
/// connections. What else keeps a backend from taking them (checks, drains, the operator) is the caller's to know, and
/// an argument where it matters. If the others drop out later, `tick` readmits.
///
/// Backends go by labels of the caller's choice that stay the same over a reload. Labels that are not of the pool are ignored: a
/// report may come late.
public struct EjectionTracker<Label: Hashable & Sendable>: Sendable {
    public enum Event: Sendable, Hashable {
        /// It takes nothing new before `until`.
        case ejected(Label, until: UInt64)
        /// It should be ejected, but too few would be left; the next failure asks again.
        case spared(Label)
        /// It takes connections again, on probation.
        case readmitted(Label)
        /// It has proved itself: probation is over.
        case recovered(Label)
    }

    /// May be replaced by a reload; call `tick` after that.
    public var rules: EjectionRules
    /// The backends in the caller's order, each once. Ties are decided by it, so that a run can be repeated.
    private(set) var labels: [Label] = []
    var members: [Label: EjectionMember] = [:]

    public init(rules: EjectionRules = EjectionRules(), labels: [Label] = []) {
        self.rules = rules
        reconcile(labels)
    }

    /// Takes over the pool's backends after a reload: those that stay keep their state, those that are gone are forgotten. Call
    /// `tick` after that: a smaller pool bears fewer ejections. A label that comes twice counts once.
    public mutating func reconcile(_ labels: [Label]) {
        var kept: [Label: EjectionMember] = [:]
        self.labels = labels.filter { kept.updateValue(members[$0] ?? EjectionMember(), forKey: $0) == nil }
        members = kept
    }

    /// Nil for a label that is not of the pool.
    public func standing(of label: Label) -> EjectionStanding? {
        members[label]?.standing
    }

    public func isEjected(_ label: Label) -> Bool {
        members[label]?.isEjected ?? false
    }

    public var ejectedCount: Int {
        labels.count(where: isEjected)
    }

    /// When the next ejection ends; nil when there is none.
    public var nextTick: UInt64? {
        members.values.lazy.compactMap(\.ejectedUntil).min()
    }
}
