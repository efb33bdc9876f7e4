/// How much the proxy takes.
public struct Limits: Sendable, Hashable {
    /// Client connections at once; 0 is as many as descriptors allow, a reserve kept.
    public var maxConnections: Int
    /// Bytes that are held for each direction of a tunnel before reading stops, 4 KiB...256 KiB.
    public var buffer: Int
    /// Bytes of a request or response head, 1 KiB...1 MiB.
    public var maxHead: Int
    /// Field lines of a head, 1...10,000.
    public var maxHeaders: Int
    /// Bytes of one message, its fragments added up; nil is without a bound.
    public var maxMessage: Int?
    /// TLS handshakes with clients that one worker has under way, 0...100,000; 0 is without a bound.
    public var maxTLSHandshakes: Int

    public init(
        maxConnections: Int = 0, buffer: Int = 64 * 1024, maxHead: Int = 32 * 1024, maxHeaders: Int = 100,
        maxMessage: Int? = nil, maxTLSHandshakes: Int = 64
    ) {
        self.maxConnections = maxConnections
        self.buffer = buffer
        self.maxHead = maxHead
        self.maxHeaders = maxHeaders
        self.maxMessage = maxMessage
        self.maxTLSHandshakes = maxTLSHandshakes
    }
}
