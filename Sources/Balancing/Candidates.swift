/// The backends of a pool in the order in which one connection should try them: the algorithm's choice first, then the
/// fallbacks. Each index comes at most once; a backend that is unavailable or full is passed over. Tiers, zones and the
/// panic rule say which backends the algorithm sees (`Tiers`, `TierSurvey`).
///
/// The value belongs to one connection and is asked again only when a dial failed, which may be seconds later: so facts
/// and loads are arguments of each call and always those of the moment. A backend passed over in one call may come in a
/// later one, if it has recovered meanwhile.
///
/// A call allocates nothing in pools of up to 64 backends.
public struct Candidates: Sendable {
    /// The panic rule's usual bound, in percent.
    public static let usualPanic = 50

    /// Why the last call of `next` gave nil; nil when it gave a backend, and before the first.
    public private(set) var shortage: Shortage?

    private let algorithm: Algorithm
    private let schedule: Schedule
    private let ticket: UInt64
    private let placement: HashPlacement?
    private let preferred: Int?
    private let panic: Int
    private var yielded = IndexSet()
    /// Where the round goes on; nil until the first choice is made.
    private var cursor: Int?
    /// The heavier of the two that `powerOfTwo` compared.
    private var runnerUp: Int?
    /// Of this connection, 0..<1000: whether it stays in the zone while the zone is ill. Drawn when first needed and kept,
    /// so that fallbacks exhaust one side before they change it.
    private var zoneDraw: Int?

    /// - Parameters:
    ///   - schedule: of the pool; its `shares` say how many backends there are.
    ///   - ticket: from the pool's one counter, which all workers share; it may wrap.
    ///   - placement: for `hash` alone: table and key of this request. Nil, as when the request has no key, makes it round robin.
    ///   - preferred: the backend that a cookie or a placement hold names. It comes first if it takes the connection,
    ///     whatever its tier, zone, ramp or hash load; if not, the choice is the usual one. An index of no backend is ignored.
    ///   - panic: percent of the available backends that must be well; with fewer, suspects are used too. 0 never.
    public init(
        algorithm: Algorithm, schedule: Schedule, ticket: UInt64, placement: HashPlacement? = nil, preferred: Int? = nil,
        panic: Int = Candidates.usualPanic
    ) {
        self.algorithm = algorithm
        self.schedule = schedule
        self.ticket = ticket
        self.placement = algorithm == .hash ? placement : nil
        self.preferred = preferred.flatMap { schedule.shares.indices.contains($0) ? $0 : nil }
        self.panic = panic
    }

    /// The index to try now, or nil when nobody (else) can take the connection; then `shortage` says why.
    ///
    /// - Parameters:
    ///   - facts: of a backend by index, 0 up to the schedule's number of backends. Asked several times for each.
    ///   - loads: its live connections, all workers together. Below zero counts as zero. Round robin and random ask only
    ///     for those with `maxConnections`.
    public mutating func next(
        facts: (Int) -> BackendFacts, loads: (Int) -> Int, using random: inout some RandomNumberGenerator
    ) -> Int? {
        shortage = nil
        if let index = takePreferred(isPanic: false, facts, loads) { return index }
        let count = schedule.shares.count
        if let index = takeTurn(count, facts, loads) { return index }
        switch Tiers.survey(count: count, tried: yielded, panic: panic, facts: facts, loads: loads) {
        case .nobody(let reason):
            shortage = reason
            return nil
        case .open(let tier, let isPanic):
            if isPanic, let index = takePreferred(isPanic: true, facts, loads) { return index }
            let open = open(tier, isPanic: isPanic, &random)
            let choice = Choice(open: open, count: count, tier: tier.tier, isPanic: isPanic)
            let index = pick(choice, facts, loads, &random)
            if let index { yielded.insert(index) } else { shortage = .unavailable }
            return index
        }
    }

    /// What nearly every choice of a round comes to: all backends are alike and open, so tiers, zones and the panic rule have
    /// nothing to say, and it is the turn of the ticket's slot.
    private mutating func takeTurn(_ count: Int, _ facts: (Int) -> BackendFacts, _ loads: (Int) -> Int) -> Int? {
        guard algorithm == .roundRobin, yielded.isEmpty, schedule.count > 0 else { return nil }
        for index in 0..<count where !facts(index).isPlainlyOpen(load: loads(index)) { return nil }
        let slot = Int(truncatingIfNeeded: ticket % UInt64(schedule.count))
        cursor = slot
        let index = schedule.slots[slot]
        yielded.insert(index)
        return index
    }

    /// A backend that `next` gave could not be used after all, because another connection was faster to take its last place. It was
    /// not tried and may come again; what `next` says of shortage is not changed by this.
    public mutating func putBack(_ index: Int) { yielded.remove(index) }

    /// Only as the very first: later the connection is no longer the one it was kept for.
    private mutating func takePreferred(
        isPanic: Bool, _ facts: (Int) -> BackendFacts, _ loads: (Int) -> Int
    ) -> Int? {
        guard let preferred, yielded.isEmpty else { return nil }
        let facts = facts(preferred)
        guard facts.isAvailable, isPanic || !facts.isSuspect, !facts.isFull(load: loads(preferred)) else { return nil }
        yielded.insert(preferred)
        return preferred
    }

    /// The tier's open ones, narrowed to one side of the zone's border. A key stays with its backend in every zone.
    private mutating func open(
        _ tier: TierSurvey, isPanic: Bool, _ random: inout some RandomNumberGenerator
    ) -> IndexSet {
        var open = tier.open
        if isPanic { open.formUnion(tier.openSuspects) }
        guard placement == nil, tier.isMixed(open) else { return open }
        let share = tier.localShare(isPanic: isPanic)
        guard share < 1000 else { return tier.local(open) }
        let draw = zoneDraw ?? Int.random(in: 0..<1000, using: &random)
        zoneDraw = draw
        return draw < share ? tier.local(open) : tier.remote(open)
    }

    private mutating func pick(
        _ choice: Choice, _ facts: (Int) -> BackendFacts, _ loads: (Int) -> Int,
        _ random: inout some RandomNumberGenerator
    ) -> Int? {
        if let placement { return placement.pick(choice, facts: facts, loads: loads) }
        switch algorithm {
        case .roundRobin, .hash:
            return RoundRobin.pick(
                choice, schedule: schedule, ticket: ticket, cursor: &cursor, facts: facts, using: &random)
        case .leastConnections: return LeastConnections.pick(choice, ticket: ticket, facts: facts, loads: loads)
        case .powerOfTwo:
            return PowerOfTwo.pick(choice, runnerUp: &runnerUp, facts: facts, loads: loads, using: &random)
        case .random: return WeightedRandom.pick(choice, facts: facts, using: &random)
        }
    }
}
