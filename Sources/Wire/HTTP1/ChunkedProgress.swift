/// What one call of `ChunkedScanner.scan` found out.
package struct ChunkedProgress: Sendable, Equatable {
    /// Bytes of the input that belong to the body, its framing included. All of the input unless the body ended in it.
    package let consumed: Int
    /// Whether the body, with its trailers, ended at `consumed`.
    package let isDone: Bool

    /// For comparing in tests; nothing is checked.
    package init(consumed: Int, isDone: Bool) {
        self.consumed = consumed
        self.isDone = isDone
    }
}
