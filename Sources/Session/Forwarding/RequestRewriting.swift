/// What a route and its pool change in a request on its way to one backend.
public struct RequestRewriting: Sendable {
    /// The `Host` that the backend sees; nil is as the client sent it. A `Host` that `edits` set wins over it.
    public var host: [UInt8]?
    /// The path that the backend sees, without a query, see `PathRewriting`; nil is as it was routed. `*` stays `*`.
    public var path: [UInt8]?
    /// The pool's, then the route's; the later one sees what the earlier one wrote.
    public var edits: [FieldEdits]
    /// Writes `Forwarded` (RFC 7239) beside the X-Forwarded fields.
    public var forwarded: Bool
    /// Where a request has no `traceparent` that makes sense, a new trace begins here.
    public var createsTraceParent: Bool
    /// Random bits for a new trace.
    public var traceID: (high: UInt64, low: UInt64)
    /// Random bits for the parent of what the backend does in a new trace.
    public var spanID: UInt64
    /// Asks the backend to close after its answer. It has no effect on an upgrade.
    public var closes: Bool

    /// Changes nothing unless told to.
    @inlinable
    public init(
        host: [UInt8]? = nil, path: [UInt8]? = nil, edits: [FieldEdits] = [], forwarded: Bool = false,
        createsTraceParent: Bool = false, traceID: (high: UInt64, low: UInt64) = (0, 0), spanID: UInt64 = 0,
        closes: Bool = false
    ) {
        self.host = host
        self.path = path
        self.edits = edits
        self.forwarded = forwarded
        self.createsTraceParent = createsTraceParent
        self.traceID = traceID
        self.spanID = spanID
        self.closes = closes
    }
}
