/// What live traffic saw of a backend.
public struct PassiveReport: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// A dial or a handshake failed, or a tunnel died early.
        case failed
        /// A tunnel or an answer was well.
        case succeeded
    }

    public let backend: BackendKey
    public let kind: Kind
    /// Nanoseconds of the monotonic clock.
    public let at: UInt64

    public init(_ backend: BackendKey, _ kind: Kind, at: UInt64) {
        self.backend = backend
        self.kind = kind
        self.at = at
    }
}
