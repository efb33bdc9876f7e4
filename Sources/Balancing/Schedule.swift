/// The order of smooth weighted round robin, unrolled once: slot after slot, the index of a backend.
///
/// Weights 5, 1, 1 give a a b a c a a: each backend has as many slots as its weight, spread as evenly as they go. Because
/// the order is fixed, workers that share nothing but one counter share the round too: ticket modulo `count` is the slot.
public struct Schedule: Sendable, Hashable {
    /// The most slots, unless the pool itself has more backends: each backend keeps at least one slot. Weights that
    /// add up to more, their common divisor taken out, are scaled down to fit and lose precision.
    public static let longest = 4096

    /// Backend indices, slot by slot.
    public let slots: [Int]
    /// Slots of each backend, by its index.
    public let shares: [Int]

    /// - Parameter weights: one for each backend of the pool, in order. Below 1 counts as 1, above 1,000,000 as that.
    public init(weights: [Int]) {
        shares = Self.reduced(weights.map { min(max($0, 1), 1_000_000) })
        slots = Self.unrolled(shares)
    }

    /// Number of slots; zero for an empty pool.
    public var count: Int { slots.count }

    /// The least whole numbers in (nearly) the same proportion that add up to at most `longest`.
    private static func reduced(_ weights: [Int]) -> [Int] {
        let divisor = weights.reduce(0, greatestCommonDivisor)
        guard divisor > 0 else { return [] }
        let least = weights.map { $0 / divisor }
        let sum = least.reduce(0, +)
        guard sum > longest else { return least }
        // Rounded to the nearest; the sum may exceed the bound only by backends lifted to their one slot.
        return least.map { max(1, ($0 * longest + sum / 2) / sum) }
    }

    /// Each step every backend gains its share of credit; the richest is taken and pays the whole round (the way of
    /// nginx's smooth round robin). Ties go to the lower index.
    private static func unrolled(_ shares: [Int]) -> [Int] {
        let total = shares.reduce(0, +)
        if total == shares.count { return Array(shares.indices) }
        var credit = [Int](repeating: 0, count: shares.count)
        var slots: [Int] = []
        slots.reserveCapacity(total)
        for _ in 0..<total {
            var richest = 0
            for index in shares.indices {
                credit[index] += shares[index]
                if credit[index] > credit[richest] { richest = index }
            }
            credit[richest] -= total
            slots.append(richest)
        }
        return slots
    }

    private static func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
        var (large, small) = (one, other)
        while small != 0 { (large, small) = (small, large % small) }
        return large
    }
}
