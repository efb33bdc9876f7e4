/// Two different backends drawn by weight: the lighter first, the other as the next to try; after them the rest in random
/// order. Nearly as level as `least_connections`, and workers that see the same loads do not all rush to one backend.
enum PowerOfTwo {
    static func pick(
        _ choice: Choice, runnerUp: inout Int?, facts: (Int) -> BackendFacts, loads: (Int) -> Int,
        using random: inout some RandomNumberGenerator
    ) -> Int? {
        if let next = runnerUp {
            runnerUp = nil
            if choice.open.contains(next) { return next }
        }
        // Past the first two every call compares two again: a fallback, too, had better be a light one.
        guard let one = WeightedRandom.pick(choice, facts: facts, using: &random) else { return nil }
        guard let other = WeightedRandom.pick(choice, except: one, facts: facts, using: &random) else { return one }
        let otherIsLighter = Standing(facts(other), load: loads(other)) < Standing(facts(one), load: loads(one))
        runnerUp = otherIsLighter ? one : other
        return otherIsLighter ? other : one
    }
}
