/// The lowest load for the weight. Equals take turns by ticket: with loads near zero, as under short connections, the
/// first of the list would otherwise get them all.
enum LeastConnections {
    static func pick(_ choice: Choice, ticket: UInt64) -> Int? {
        guard let least = choice.standings.lazy.compactMap({ $0 }).min(by: <) else { return nil }
        let equals = choice.standings.indices.filter { index in
            choice.standing(of: index).map { !(least < $0) } ?? false
        }
        guard !equals.isEmpty else { return nil }
        return equals[Int(truncatingIfNeeded: ticket % UInt64(equals.count))]
    }
}
