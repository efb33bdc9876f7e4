/// The lowest load for the weight. Equals take turns by ticket: with loads near zero, as under short connections, the
/// first of the list would otherwise get them all.
enum LeastConnections {
    static func pick(
        _ choice: Choice, ticket: UInt64, facts: (Int) -> BackendFacts, loads: (Int) -> Int
    ) -> Int? {
        // In one pass, since a load read twice may differ.
        var least: Standing?
        var equals = IndexSet()
        for index in 0..<choice.count where choice.open.contains(index) {
            let standing = Standing(facts(index), load: loads(index))
            if let least, least < standing { continue }
            if let held = least, !(standing < held) {
                equals.insert(index)
            } else {
                least = standing
                equals.removeAll()
                equals.insert(index)
            }
        }
        guard !equals.isEmpty else { return nil }
        return equals.element(at: Int(truncatingIfNeeded: ticket % UInt64(equals.count)))
    }
}
