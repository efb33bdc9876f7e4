/// What a request's key and cookie say about its backend. Only in pools that look at one of them.
final class Placing {
    /// In a pool that hashes, unless the request has none.
    let key: UInt64?
    let visit: StickyRuntime.Visit?
    /// The number of the backend at which the key was held when we looked last.
    var seen: Int?
    /// How often another worker was quicker.
    var turns = 0

    static let mostTurns = 3

    init(key: UInt64?, visit: StickyRuntime.Visit?, seen: Int?) {
        self.key = key
        self.visit = visit
        self.seen = seen
    }
}
