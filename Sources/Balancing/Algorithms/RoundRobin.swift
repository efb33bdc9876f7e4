/// The schedule's turn. While some backends are out, the turn is counted over the slots of the others only: their
/// shares grow in proportion, where "the next one that works" would give a dead backend's whole share to its neighbour.
enum RoundRobin {
    /// - Parameter cursor: the slot of the last choice; nil before the first.
    static func pick(
        _ choice: Choice, schedule: Schedule, ticket: UInt64, cursor: inout Int?, facts: (Int) -> BackendFacts,
        using random: inout some RandomNumberGenerator
    ) -> Int? {
        // A fallback takes its turn among the others by how many rounds there were before: neighbours in the schedule would inherit all
        // that a dead backend cannot take.
        let turn = cursor == nil || schedule.count == 0 ? ticket : ticket / UInt64(schedule.count)
        guard let slot = Self.slot(ofTurn: turn, choice, schedule) else { return nil }
        cursor = slot
        let index = schedule.slots[slot]
        return keepsTurn(index, choice, facts, &random)
            ? index : WeightedRandom.pick(choice, facts: facts, using: &random)
    }

    /// In slow start a backend lets a part of its turns go. They are drawn for by all, itself too, by what each weighs now:
    /// so everybody's share comes out exact, and no neighbour gets what was let go.
    private static func keepsTurn(
        _ index: Int, _ choice: Choice, _ facts: (Int) -> BackendFacts, _ random: inout some RandomNumberGenerator
    ) -> Bool {
        let ramp = facts(index).boundedRamp
        guard ramp < 1000 else { return true }
        let largest = choice.largestRamp(facts)
        return ramp >= largest || Int.random(in: 0..<largest, using: &random) < ramp
    }

    /// The k-th slot among those whose backend can be chosen, counted around. Nil when there is none.
    private static func slot(ofTurn ticket: UInt64, _ choice: Choice, _ schedule: Schedule) -> Int? {
        let open = schedule.shares.indices.reduce(0) { choice.open.contains($1) ? $0 + schedule.shares[$1] : $0 }
        guard open > 0 else { return nil }
        var turn = Int(truncatingIfNeeded: ticket % UInt64(open))
        // The usual case, all of them open, needs no walk.
        if open == schedule.count { return turn }
        for (slot, index) in schedule.slots.enumerated() where choice.open.contains(index) {
            if turn == 0 { return slot }
            turn -= 1
        }
        return nil
    }
}
