/// An answer of the proxy's own instead of a tunnel. The connection ends after it.
package struct Refusal: Sendable, Equatable {
    package let status: UInt16
    /// A bounded label for log and metrics.
    package let reason: StaticString
    /// Seconds, for 503.
    package let retryAfter: Int?

    package init(_ status: UInt16, _ reason: StaticString, retryAfter: Int? = nil) {
        self.status = status
        self.reason = reason
        self.retryAfter = retryAfter
    }

    package static func == (left: Refusal, right: Refusal) -> Bool {
        left.status == right.status && left.reason.description == right.reason.description && left.retryAfter == right.retryAfter
    }
}
