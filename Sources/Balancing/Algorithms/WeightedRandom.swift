/// A draw in which each backend has as many lots as its weight.
enum WeightedRandom {
    /// - Parameter other: an index that is left out, so that a second draw differs from the first.
    static func pick(_ choice: Choice, except other: Int? = nil, using random: inout some RandomNumberGenerator) -> Int?
    {
        // In one pass: each one met takes the place of the one held with the chance of its own lots among all so far.
        var held: Int?
        var lots: UInt64 = 0
        for (index, standing) in choice.standings.enumerated() where index != other {
            guard let standing else { continue }
            let weight = UInt64(min(standing.weight, 1_000_000))
            lots += weight
            if random.next(upperBound: lots) < weight { held = index }
        }
        return held
    }
}
