/// How a new or returned backend comes to its whole share: by time or by connections, whichever is further.
public struct SlowStartSettings: Sendable, Hashable {
    /// 1 s...1 h.
    public var period: Duration
    /// After so many connections it has its whole share, 1...1,000,000; nil goes by time alone.
    public var connections: Int?

    public init(period: Duration = .seconds(30), connections: Int? = nil) {
        self.period = period
        self.connections = connections
    }
}
