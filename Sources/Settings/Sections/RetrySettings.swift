/// When an upgrade is tried at another backend.
public struct RetrySettings: Sendable, Hashable {
    /// Backends that one request is tried at, the first one included, 1...16.
    public var attempts: Int
    /// Answers to an upgrade that are retried like a dial that failed: out of 502, 503 and 504; none twice.
    public var statuses: [Int]

    public init(attempts: Int = 3, statuses: [Int] = []) {
        self.attempts = attempts
        self.statuses = statuses
    }
}
