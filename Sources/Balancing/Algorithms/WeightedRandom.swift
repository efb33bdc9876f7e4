/// A draw in which each backend has as many lots as it weighs now.
enum WeightedRandom {
    /// - Parameter other: an index that is left out, so that a second draw differs from the first.
    static func pick(
        _ choice: Choice, except other: Int? = nil, facts: (Int) -> BackendFacts,
        using random: inout some RandomNumberGenerator
    ) -> Int? {
        // In one pass: each one met takes the place of the one held with the chance of its own lots among all so far.
        var held: Int?
        var sum: UInt64 = 0
        for index in 0..<choice.count where index != other && choice.open.contains(index) {
            let lots = UInt64(facts(index).lots)
            sum += lots
            if random.next(upperBound: sum) < lots { held = index }
        }
        return held
    }
}
