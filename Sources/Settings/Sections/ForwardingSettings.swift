/// What backends are told about the way a request came, beside the X-Forwarded fields.
public struct ForwardingSettings: Sendable, Hashable {
    /// What becomes of W3C Trace Context.
    public enum TraceParent: String, Sendable, Hashable, CaseIterable {
        /// Passed on as it came.
        case pass
        /// Passed on, and made where a request has none.
        case create
    }

    /// Writes `Forwarded` (RFC 7239) too.
    public var forwarded: Bool
    public var traceparent: TraceParent

    public init(forwarded: Bool = false, traceparent: TraceParent = .pass) {
        self.forwarded = forwarded
        self.traceparent = traceparent
    }
}
