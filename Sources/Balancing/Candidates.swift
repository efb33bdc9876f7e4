/// The backends of a pool in the order in which one connection should try them: the algorithm's choice first, then the
/// fallbacks. Each index comes at most once; a backend that is unavailable or full is passed over.
///
/// The value belongs to one connection and is asked again only when a dial failed, which may be seconds later: so facts
/// and loads are arguments of each call and always those of the moment. A backend passed over in one call may come in a
/// later one, if it has recovered meanwhile.
package struct Candidates: Sendable {
    private let algorithm: Algorithm
    private let schedule: Schedule
    private let ticket: UInt64
    private var yielded = IndexSet()
    /// Where the round goes on; nil until the first choice is made.
    private var cursor: Int?
    /// The heavier of the two that `powerOfTwo` compared.
    private var runnerUp: Int?

    /// - Parameters:
    ///   - schedule: of the pool; its `shares` say how many backends there are.
    ///   - ticket: from the pool's one counter, which all workers share; it may wrap.
    package init(algorithm: Algorithm, schedule: Schedule, ticket: UInt64) {
        self.algorithm = algorithm
        self.schedule = schedule
        self.ticket = ticket
    }

    /// The index to try now, or nil when nobody (else) can take the connection.
    ///
    /// - Parameters:
    ///   - facts: of a backend by index, 0 up to the schedule's number of backends.
    ///   - loads: its live connections, all workers together. Below zero counts as zero.
    package mutating func next(
        facts: (Int) -> BackendFacts, loads: (Int) -> Int, using random: inout some RandomNumberGenerator
    ) -> Int? {
        let choice = pick(
            Choice(count: schedule.shares.count, yielded: yielded, facts: facts, loads: loads), &random)
        if let choice { yielded.insert(choice) }
        return choice
    }

    private mutating func pick(_ choice: Choice, _ random: inout some RandomNumberGenerator) -> Int? {
        switch algorithm {
        case .roundRobin: RoundRobin.pick(choice, schedule: schedule, ticket: ticket, cursor: &cursor)
        case .leastConnections: LeastConnections.pick(choice, ticket: ticket)
        case .powerOfTwo: PowerOfTwo.pick(choice, runnerUp: &runnerUp, using: &random)
        case .random: WeightedRandom.pick(choice, using: &random)
        }
    }
}
