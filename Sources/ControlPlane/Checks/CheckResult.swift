/// A check that is over.
package struct CheckResult: Sendable, Hashable {
    /// As given to `CheckRunner.begin`.
    package let id: UInt64
    package let outcome: CheckOutcome
    /// From the first dial to the verdict.
    package let nanoseconds: UInt64
    /// More about a failure, for one line of a log: the system's words, a label of TLS, a status. Nothing in it was chosen by the
    /// backend but three digits. Empty otherwise.
    package let detail: String
}
