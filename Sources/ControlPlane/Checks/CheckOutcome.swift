import Session

/// How a check ended.
public enum CheckOutcome: Sendable, Hashable {
    case passed
    /// It answered, and wants nothing new.
    case draining
    case failed(CheckFailure)
}
