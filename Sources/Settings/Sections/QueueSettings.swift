/// Where requests wait while every backend of a pool is full.
public struct QueueSettings: Sendable, Hashable {
    /// The most that wait at once, 1...1,000,000.
    public var size: Int
    /// How long one waits, 10 ms...5 min.
    public var timeout: Duration

    public init(size: Int = 1000, timeout: Duration = .seconds(5)) {
        self.size = size
        self.timeout = timeout
    }
}
