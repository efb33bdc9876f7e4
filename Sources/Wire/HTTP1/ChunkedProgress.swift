/// What one call of `ChunkedScanner.scan` found out.
public struct ChunkedProgress: Sendable, Equatable {
    /// Bytes of the input that belong to the body, its framing included. All of the input unless the body ended in it.
    public let consumed: Int
    /// Whether the body, with its trailers, ended at `consumed`.
    public let isDone: Bool

    /// For comparing in tests; nothing is checked.
    public init(consumed: Int, isDone: Bool) {
        self.consumed = consumed
        self.isDone = isDone
    }
}
