/// The schedule's turn. While some backends are out, the turn is counted over the slots of the others only: their
/// shares grow in proportion, where "the next one that works" would give a dead backend's whole share to its neighbour.
enum RoundRobin {
    /// - Parameter cursor: the slot of the last choice; nil before the first. A fallback goes on from there.
    static func pick(_ choice: Choice, schedule: Schedule, ticket: UInt64, cursor: inout Int?) -> Int? {
        let slot = cursor.map { next(after: $0, choice, schedule) } ?? first(choice, schedule, ticket)
        guard let slot else { return nil }
        cursor = slot
        return schedule.slots[slot]
    }

    /// The slot of this ticket: the k-th among those whose backend can be chosen. Nil when there is none.
    private static func first(_ choice: Choice, _ schedule: Schedule, _ ticket: UInt64) -> Int? {
        let open = schedule.shares.indices.reduce(0) { choice.isOpen($1) ? $0 + schedule.shares[$1] : $0 }
        guard open > 0 else { return nil }
        var turn = Int(truncatingIfNeeded: ticket % UInt64(open))
        // The usual case, all of them open, needs no walk.
        if open == schedule.count { return turn }
        for (slot, index) in schedule.slots.enumerated() where choice.isOpen(index) {
            if turn == 0 { return slot }
            turn -= 1
        }
        return nil
    }

    /// The next slot around whose backend can be chosen.
    private static func next(after slot: Int, _ choice: Choice, _ schedule: Schedule) -> Int? {
        (1...schedule.count).lazy
            .map { (slot + $0) % schedule.count }
            .first { choice.isOpen(schedule.slots[$0]) }
    }
}
