/// What live traffic saw of a backend.
package struct PassiveReport: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// A dial or a handshake failed, or a tunnel died early.
        case failed
        /// A tunnel or an answer was well.
        case succeeded
    }

    package let backend: BackendKey
    package let kind: Kind
    /// Nanoseconds of the monotonic clock.
    package let at: UInt64

    package init(_ backend: BackendKey, _ kind: Kind, at: UInt64) {
        self.backend = backend
        self.kind = kind
        self.at = at
    }
}
