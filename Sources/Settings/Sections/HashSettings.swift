/// How a pool with `balance: hash` finds a request's backend.
public struct HashSettings: Sendable, Hashable {
    /// 1 to 8, in the order in which they are hashed; none twice.
    public var parts: [HashKeyPart]
    /// How far a backend's load may be above the mean before others take what hashes to it, in thousandths of the mean,
    /// 1010...10000; nil is without a bound.
    public var maxLoadPerMille: Int?
    /// While a key has live tunnels it stays where they are, though the table changes.
    public var holds: Bool

    public init(parts: [HashKeyPart], maxLoadPerMille: Int? = 1250, holds: Bool = true) {
        self.parts = parts
        self.maxLoadPerMille = maxLoadPerMille
        self.holds = holds
    }
}
