/// An answer of the proxy's own instead of a tunnel. The connection ends after it.
public struct Refusal: Sendable, Equatable {
    public let status: UInt16
    /// A bounded label for log and metrics.
    public let reason: StaticString
    /// Seconds, for 503.
    public let retryAfter: Int?

    public init(_ status: UInt16, _ reason: StaticString, retryAfter: Int? = nil) {
        self.status = status
        self.reason = reason
        self.retryAfter = retryAfter
    }

    public static func == (left: Refusal, right: Refusal) -> Bool {
        left.status == right.status && left.reason.description == right.reason.description && left.retryAfter == right.retryAfter
    }
}
