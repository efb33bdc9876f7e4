/// What the algorithm chooses among: the backends that can have the connection now.
///
/// Which they are is read once and kept, so that one choice sees one set although other workers move the numbers all the
/// time. Loads and weights are read again where they are compared: a number that has moved meanwhile makes a choice no
/// worse, and a list of them would be an allocation for each request.
struct Choice {
    /// Never empty.
    let open: IndexSet
    /// How many backends the pool has, chosen among or not.
    let count: Int
    /// Where the open ones stand.
    let tier: Int
    /// Suspects count as available.
    let isPanic: Bool

    /// The largest ramp among the open ones. Shares are relative to it: a pool in which all ramp alike behaves as if none did.
    func largestRamp(_ facts: (Int) -> BackendFacts) -> Int {
        var largest = 1
        for index in 0..<count where open.contains(index) { largest = max(largest, facts(index).boundedRamp) }
        return largest
    }
}
