/// The mean of a pool by weight, and what each backend has above it at one look.
///
/// Computed in floating point: a load beyond 2^53 loses its last digits, which are none that matter here.
struct RebalanceLevel {
    /// What each backend has above the mean, in whole tunnels, without those that leave already; clients on their way count for this
    /// mean. With somebody in slow start it is what is above both means, that by whole weights and that by those of the moment:
    /// more could not go there yet.
    private let excess: [Double]
    private let lots: [Double]
    /// The load of the fullest and of the emptiest backend for their weight, in means of those who are here.
    private let fullest: Double
    private let emptiest: Double
    /// How many backends take connections.
    let takers: Int
    /// What all of them have above the mean of those who are here, in whole tunnels of each, by whole weights. Small pools are never quite
    /// level: where this is nothing, nothing can be mended.
    let tooMany: Double
    /// One of them is in slow start.
    let isRamping: Bool

    /// Nil when there is nothing to compare: fewer than two backends take connections, or nobody has any.
    init?(_ members: [Rebalance.Member], underWay: Double) {
        var counted = members.indices.filter { members[$0].takesNew }
        var mean = Self.mean(of: counted, members, underWay, \.lots)
        while true {
            // A full one below the mean cannot come up to it: the others have to be level without it.
            let fitting = counted.filter { !members[$0].isFull || members[$0].here >= members[$0].lots * mean }
            guard fitting.count < counted.count else { break }
            counted = fitting
            mean = Self.mean(of: counted, members, underWay, \.lots)
        }
        let takers = counted.map { members[$0] }
        guard takers.count >= 2, takers.contains(where: { !$0.isFull }), takers.contains(where: { $0.here > 0 }) else { return nil }
        let present = Self.mean(of: counted, members, 0, \.lots)
        let ratios = takers.map { $0.here / ($0.lots * present) }
        guard let fullest = ratios.max(), let emptiest = ratios.min() else { return nil }
        (self.fullest, self.emptiest) = (fullest, emptiest)
        self.takers = takers.count
        tooMany = takers.reduce(0.0) { $0 + max(0, $1.here - $1.lots * present).rounded(.down) }
        var excess = members.map { _ in 0.0 }
        let soon = Self.mean(of: counted, members, underWay, \.lotsNow)
        for index in counted {
            let member = members[index]
            excess[index] = max(0, member.staying - max(member.lots * mean, member.lotsNow * soon)).rounded(.down)
        }
        self.excess = excess
        lots = members.map(\.lots)
        isRamping = takers.contains { $0.lotsNow < $0.lots }
    }

    /// For one lot. Each backend has a thousandth of one at least.
    private static func mean(
        of counted: [Int], _ members: [Rebalance.Member], _ underWay: Double, _ lots: (Rebalance.Member) -> Double
    ) -> Double {
        let loads = counted.reduce(underWay) { $0 + members[$1].here }
        return loads / max(0.001, counted.reduce(0.0) { $0 + lots(members[$1]) })
    }

    /// Whether somebody has a whole tunnel too many, even when all who are on their way will be back.
    var hasExcess: Bool { excess.contains { $0 > 0 } }

    func isLopsided(beyond ratio: Double) -> Bool {
        fullest > ratio || emptiest < 1 / ratio
    }

    /// Shares out what may be closed among those above the mean: alike for their weight, and nobody gives more than whole
    /// tunnels of what it has above it.
    ///
    /// Alike and not in proportion to the excess: where clients come back in turn, one that is just above the mean gets as many as
    /// any other, and can keep to the mean only if it gives as many. In proportion it would overshoot.
    func divide(_ allowed: Double) -> [Int] {
        var given = excess.map { _ in 0 }
        let givers = excess.indices.filter { excess[$0] > 0 }
            .sorted { (excess[$0] / lots[$0], $0) < (excess[$1] / lots[$1], $1) }
        var (left, weights) = (allowed, givers.reduce(0.0) { $0 + lots[$1] })
        // The least first; what they do not need is left to the fuller ones. Rounded up, so that a small allowance, too,
        // serves the least before the fullest.
        for index in givers where left >= 1 {
            let part = min(excess[index], left, (left * lots[index] / max(weights, lots[index])).rounded(.up))
            given[index] = Self.whole(part)
            left -= part
            weights -= lots[index]
        }
        return given
    }

    /// Converts what is known to be whole and not negative; too large a number becomes the largest.
    private static func whole(_ amount: Double) -> Int {
        Int(exactly: amount) ?? .max
    }
}

extension Rebalance.Member {
    var staying: Double { Double(max(0, load)) }
    var here: Double { staying + Double(max(0, leaving)) }
    fileprivate var lots: Double { Double(max(1, weight)) }
    fileprivate var lotsNow: Double { lots * Double(min(max(1, ramp), 1000)) / 1000 }
}
