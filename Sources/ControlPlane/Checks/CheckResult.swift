/// A check that is over.
public struct CheckResult: Sendable, Hashable {
    /// As given to `CheckRunner.begin`.
    public let id: UInt64
    public let outcome: CheckOutcome
    /// From the first dial to the verdict.
    public let nanoseconds: UInt64
    /// More about a failure, for one line of a log: the system's words, a label of TLS, a status. Nothing in it was chosen by the
    /// backend but three digits. Empty otherwise.
    public let detail: String
}
