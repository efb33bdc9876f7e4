/// How a pool asks its backends whether they are well.
public struct CheckSettings: Sendable, Hashable {
    /// What is asked. TLS is spoken where the backend's scheme says so.
    public enum Kind: Sendable, Hashable {
        /// A connection, and nothing more.
        case tcp
        case http(HTTPCheckSettings)
        case websocket(WebSocketCheckSettings)
    }

    /// What a backend is before its first answer.
    public enum Start: String, Sendable, Hashable, CaseIterable { case up, down }

    public var kind: Kind
    /// 100 ms...1 h.
    public var interval: Duration
    /// While a backend is not settled; at most `interval`.
    public var fastInterval: Duration
    /// For the whole check, 10 ms...5 min.
    public var timeout: Duration
    /// Passes in a row that bring a backend up, 1...1000.
    public var rise: Int
    /// Failures in a row that bring it down, 1...1000.
    public var fall: Int
    public var start: Start
    /// In place of the backend's own, 1...65535; backends on Unix sockets have none.
    public var port: UInt16?

    public init(
        kind: Kind = .tcp, interval: Duration = .seconds(5), fastInterval: Duration = .seconds(1),
        timeout: Duration = .seconds(2), rise: Int = 2, fall: Int = 3, start: Start = .up, port: UInt16? = nil
    ) {
        self.kind = kind
        self.interval = interval
        self.fastInterval = fastInterval
        self.timeout = timeout
        self.rise = rise
        self.fall = fall
        self.start = start
        self.port = port
    }
}
