/// How one tier stands: one walk over the pool's facts, and no allocation for pools of up to 64 backends.
struct TierSurvey {
    let tier: Int
    /// Those that are available, suspects too.
    private(set) var ready = 0
    /// Those of them that are no suspects.
    private(set) var well = 0
    /// Well, not full and not tried.
    private(set) var open = IndexSet()
    /// Suspects, not full and not tried.
    private(set) var openSuspects = IndexSet()
    /// One that is well is full, tried or not.
    private(set) var hasFull = false
    private(set) var hasFullSuspect = false
    /// Those of another zone; empty where no zones are configured.
    private(set) var remote = IndexSet()
    /// Weights of the backends in the proxy's zone: all of them, available ones, and those of these that are well.
    private(set) var localWeight = 0
    private(set) var localReady = 0
    private(set) var localWell = 0

    /// The lowest tier above another one, or of all; nil when there is no higher one.
    static func lowest(
        above floor: Int?, count: Int, tried: IndexSet, facts: (Int) -> BackendFacts, loads: (Int) -> Int
    ) -> TierSurvey? {
        var survey: TierSurvey?
        for index in 0..<count {
            let facts = facts(index)
            if let floor, facts.tier <= floor { continue }
            if let survey, facts.tier > survey.tier { continue }
            // What was seen of a higher tier is of no use.
            if survey.map({ facts.tier < $0.tier }) ?? true { survey = TierSurvey(tier: facts.tier) }
            survey?.add(index, facts, wasTried: tried.contains(index), load: loads(index))
        }
        return survey
    }

    private init(tier: Int) {
        self.tier = tier
    }

    private mutating func add(_ index: Int, _ facts: BackendFacts, wasTried: Bool, load: @autoclosure () -> Int) {
        count(index, facts)
        guard facts.isAvailable else { return }
        if facts.isFull(load: load()) {
            if facts.isSuspect { hasFullSuspect = true } else { hasFull = true }
        } else if !wasTried {
            if facts.isSuspect { openSuspects.insert(index) } else { open.insert(index) }
        }
    }

    private mutating func count(_ index: Int, _ facts: BackendFacts) {
        if facts.isAvailable {
            ready += 1
            if !facts.isSuspect { well += 1 }
        }
        guard facts.isLocal else { return remote.insert(index) }
        localWeight += facts.boundedWeight
        guard facts.isAvailable else { return }
        localReady += facts.boundedWeight
        if !facts.isSuspect { localWell += facts.boundedWeight }
    }

    /// Too few of this tier are well. A tier in which nobody is available has no say.
    /// - Parameter percent: 0...100.
    func isInPanic(below percent: Int) -> Bool {
        well * 100 < percent * ready
    }
}
