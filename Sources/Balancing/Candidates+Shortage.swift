extension Candidates {
    /// Why nobody (else) takes the connection.
    public enum Shortage: Sendable, Hashable {
        /// A backend that could be used, tried before or not, holds as many connections as it may or is saturated.
        /// Waiting helps: a place comes free when a connection ends.
        case full
        /// All that could be used were tried, or none is available. Waiting for a place would be in vain.
        case unavailable
    }
}
