/// What backends are told about the way a request came, beside the X-Forwarded fields.
package struct ForwardingSettings: Sendable, Hashable {
    /// What becomes of W3C Trace Context.
    package enum TraceParent: String, Sendable, Hashable, CaseIterable {
        /// Passed on as it came.
        case pass
        /// Passed on, and made where a request has none.
        case create
    }

    /// Writes `Forwarded` (RFC 7239) too.
    package var forwarded: Bool
    package var traceparent: TraceParent

    package init(forwarded: Bool = false, traceparent: TraceParent = .pass) {
        self.forwarded = forwarded
        self.traceparent = traceparent
    }
}
