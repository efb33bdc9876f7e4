/// How much of this process the admin endpoint may take.
public struct AdminLimits: Sendable {
    /// Connections served at once; further ones wait in the kernel's queue.
    public var connections = 64
    /// How long a connection may stay without a request, in seconds; also how long a request's head may take.
    public var idleSeconds: Int64 = 10
    /// How long one request may take from its head until its answer has left, in seconds. A scraper that does not read is cut.
    public var requestSeconds: Int64 = 10

    /// The most bytes of a request's body; a longer one is answered with 413.
    public static let body = 4096

    public init() {}
}
