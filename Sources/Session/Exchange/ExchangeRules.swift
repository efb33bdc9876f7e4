import Wire

/// What an exchange is held to: of the configuration under which it began.
public struct ExchangeRules: Sendable {
    public var limits: HeadLimits
    /// From the accept, or from a later request's first byte, until the request is with a backend; of an upgrade until its 101.
    public var handshake: Moment.Span
    /// From a whole plain request to the head of its answer, and between two parts of an answer.
    public var response: Moment.Span
    /// Between two requests of one connection.
    public var keepAlive: Moment.Span
    /// In so long a body brings `leastBody` bytes, or its reader takes some.
    public var body: Moment.Span
    /// An event stream without a byte.
    public var idle: Moment.Span
    /// A client that has ended, and may still listen.
    public var halfClose: Moment.Span

    /// Bytes a request's body brings in each span of `body`, or it is too slow to wait for.
    public static let leastBody = 1024

    public init(
        limits: HeadLimits = HeadLimits(), handshake: Moment.Span, response: Moment.Span = .unbounded,
        keepAlive: Moment.Span = .unbounded, body: Moment.Span = .unbounded, idle: Moment.Span = .unbounded,
        halfClose: Moment.Span = .unbounded
    ) {
        self.limits = limits
        self.handshake = handshake
        self.response = response
        self.keepAlive = keepAlive
        self.body = body
        self.idle = idle
        self.halfClose = halfClose
    }
}
