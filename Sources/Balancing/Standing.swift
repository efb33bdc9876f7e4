/// How loaded a backend would be with one more connection, for what it weighs now. Counting the new one makes an empty
/// heavy backend lighter than an empty light one, so that shares follow the weights from the first connection on.
struct Standing {
    /// Live connections, zero or more.
    let load: Int
    /// `BackendFacts.lots`: one or more.
    let lots: Int

    init(_ facts: BackendFacts, load: Int) {
        self.load = max(0, load)
        lots = facts.lots
    }

    /// Cross-multiplied in full width: exact, and no number overflows.
    static func < (one: Standing, other: Standing) -> Bool {
        // A load is at most Int.max, so one more fits a UInt.
        let left = (UInt(one.load) &+ 1).multipliedFullWidth(by: UInt(other.lots))
        let right = (UInt(other.load) &+ 1).multipliedFullWidth(by: UInt(one.lots))
        return (left.high, left.low) < (right.high, right.low)
    }
}
