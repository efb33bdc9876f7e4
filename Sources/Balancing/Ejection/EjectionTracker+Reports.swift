extension EjectionTracker {
    /// A dial failed, an upgrade failed by the backend's fault, or a tunnel died early.
    ///
    /// While it is ejected this changes nothing: what was under way there may still fail.
    /// - Parameter isAvailable: whether a backend could take new connections, ejection left aside.
    /// - Returns: nil when it is not (yet) ejected for this.
    public mutating func failed(_ label: Label, at now: UInt64, isAvailable: (Label) -> Bool) -> Event? {
        guard var member = members[label] else { return nil }
        switch member.stage {
        case .ejected: return nil
        case .probation: member.stage = .probation(successes: 0)
        case .well(let failures):
            guard failures >= max(1, rules.failures) - 1 else {
                member.stage = .well(failures: failures + 1)
                members[label] = member
                return nil
            }
        }
        guard hasRoom(toEject: label, isAvailable: isAvailable) else {
            // The count stays at its edge: the next failure asks again, and one success clears it.
            members[label] = member
            return .spared(label)
        }
        let until = member.eject(at: now, rules: rules)
        members[label] = member
        return .ejected(label, until: until)
    }

    /// A connection went well.
    ///
    /// Report a tunnel when it has outlived `earlyDeath` and not at its 101: a backend that takes tunnels only to drop them would
    /// otherwise clear itself with each. Report it then, not when it ends: success that comes hours later clears nobody in time.
    /// - Returns: `.recovered` when this ended its probation.
    public mutating func succeeded(_ label: Label, at now: UInt64) -> Event? {
        guard var member = members[label] else { return nil }
        var event: Event?
        switch member.stage {
        case .ejected: return nil
        case .well(failures: 0): return nil
        case .well: member.stage = .well(failures: 0)
        case .probation(let successes):
            let isOver = successes >= max(1, rules.successes) - 1
            member.stage = isOver ? .well(failures: 0) : .probation(successes: successes + 1)
            if isOver { event = .recovered(label) }
        }
        members[label] = member
        return event
    }

    /// Readmits whoever's time is over; and before their time, those due soonest, as far as more are out than `maxShare`
    /// allows by now, or nobody else is left. Call it at `nextTick`, and when a backend stops taking connections for any
    /// other reason.
    ///
    /// - Returns: a `.readmitted` for each.
    public mutating func tick(at now: UInt64, isAvailable: (Label) -> Bool) -> [Event] {
        let out = ejectedBySoonest()
        guard !out.isEmpty else { return [] }
        let excess = out.count - rules.cap(of: labels.count)
        var events: [Event] = []
        for (position, entry) in out.enumerated() where entry.until <= now || position < excess {
            events.append(readmit(entry.label, at: now))
        }
        if !isServed(isAvailable, except: nil),
            let next = ejectedBySoonest().first(where: { isAvailable($0.label) })
        {
            events.append(readmit(next.label, at: now))
        }
        return events
    }

    /// Readmits one by hand, on probation like all others. Nil when it is not ejected.
    public mutating func release(_ label: Label, at now: UInt64) -> Event? {
        isEjected(label) ? readmit(label, at: now) : nil
    }

    private mutating func readmit(_ label: Label, at now: UInt64) -> Event {
        members[label]?.readmit(at: now)
        return .readmitted(label)
    }

    private func hasRoom(toEject label: Label, isAvailable: (Label) -> Bool) -> Bool {
        ejectedCount < rules.cap(of: labels.count) && isServed(isAvailable, except: label)
    }

    /// Whether somebody takes new connections.
    private func isServed(_ isAvailable: (Label) -> Bool, except other: Label?) -> Bool {
        labels.contains { $0 != other && !isEjected($0) && isAvailable($0) }
    }

    /// Who is out, those due first at the front, ties in the pool's order.
    private func ejectedBySoonest() -> [(label: Label, until: UInt64)] {
        labels.enumerated()
            .compactMap { place, label in members[label]?.ejectedUntil.map { (place, label, until: $0) } }
            .sorted { ($0.until, $0.0) < ($1.until, $1.0) }
            .map { ($0.1, $0.until) }
    }
}
