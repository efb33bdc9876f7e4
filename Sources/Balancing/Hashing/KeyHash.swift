/// The hash of a key made of parts, as `hash: { key: [host, query.room] }` has it, added one by one without joining them.
///
/// A key of one part hashes to the XXH64 of its bytes. With more, each part's hash is the seed of the next: where one ends
/// and the next begins counts, and so does which of them the request lacked.
public struct KeyHash: Sendable, Hashable {
    private var state: UInt64 = 0
    private var isPresent = false

    public init() {}

    /// A part that is there, be it empty.
    public mutating func add(_ part: Span<UInt8>) {
        state = StableHash.hash(part, seed: state)
        isPresent = true
    }

    /// A part that the request lacks.
    public mutating func addMissing() {
        state = StableHash.rehash(state, turn: .max - 1)
    }

    /// Nil while no part was there: such a request has no key, and its backend comes in turn.
    public var value: UInt64? { isPresent ? state : nil }
}
