/// Which tier's backends the algorithm chooses among.
///
/// The first tier that has a backend to take the connection is used, suspects left out. The panic rule: when in every tier
/// fewer than so many percent of the available backends are well, then suspects count as available, since those few
/// would fall too under the load of all, and a check that fails everywhere is more likely wrong than all backends dead.
/// - Only available backends count, so a drained one neither brings panic nor wards it off; a tier without any has no say.
/// - One tier that is not in panic keeps suspects out of all: a backup that is well is better than a primary that is not.
/// - In panic a tier in which somebody is well comes before one in which nobody is.
/// - A pool of one is always tried, unless the rule is off (0 percent).
enum Tiers {
    enum Outcome {
        case open(TierSurvey, isPanic: Bool)
        case nobody(Candidates.Shortage)
    }

    /// - Parameter panic: percent; out of 0...100 counts as the nearest.
    static func survey(
        count: Int, tried: IndexSet, panic: Int, facts: (Int) -> BackendFacts, loads: (Int) -> Int
    ) -> Outcome {
        let percent = min(max(panic, 0), 100)
        var isPanic = percent > 0
        var firstWell: TierSurvey?
        var (firstHope, firstSuspect): (TierSurvey?, TierSurvey?)
        var (hasFull, hasFullSuspect) = (false, false)
        var floor: Int?
        while let tier = TierSurvey.lowest(above: floor, count: count, tried: tried, facts: facts, loads: loads) {
            floor = tier.tier
            if tier.ready > 0, !tier.isInPanic(below: percent) { isPanic = false }
            if firstWell == nil, !tier.open.isEmpty { firstWell = tier }
            // Nearly always after the first walk.
            if !isPanic, let firstWell { return .open(firstWell, isPanic: false) }
            if !tier.open.isEmpty || !tier.openSuspects.isEmpty {
                if firstHope == nil, tier.well > 0 { firstHope = tier }
                if firstSuspect == nil { firstSuspect = tier }
            }
            hasFull = hasFull || tier.hasFull
            hasFullSuspect = hasFullSuspect || tier.hasFullSuspect
        }
        if isPanic, let tier = firstHope ?? firstSuspect { return .open(tier, isPanic: true) }
        return .nobody(hasFull || isPanic && hasFullSuspect ? .full : .unavailable)
    }
}
