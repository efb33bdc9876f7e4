/// Which tunnels to close when some must go: those that have been silent for longest lose least.
public enum Quietest {
    /// - Parameters:
    ///   - tunnels: a name for each, and when it was active last, on any clock that counts up.
    ///   - count: how many are wanted. Below zero counts as zero; no more than there are come back.
    /// - Returns: the indices of the quietest, the quietest first; equals in the order given.
    public static func pick(_ count: Int, of tunnels: [(index: Int, lastActivity: UInt64)]) -> [Int] {
        guard count > 0 else { return [] }
        return tunnels.enumerated()
            .sorted { ($0.element.lastActivity, $0.offset) < ($1.element.lastActivity, $1.offset) }
            .prefix(count)
            .map(\.element.index)
    }
}
