/// One SRV record (RFC 2782).
public struct ServiceRecord: Sendable, Hashable {
    /// The most records of one service that are used.
    public static let most = 256

    /// 0...65535; lower is tried first.
    public var priority: UInt16
    /// 0...65535; a share among records of the same priority.
    public var weight: UInt16
    /// 1...65535.
    public var port: UInt16
    /// The host, in lower case, without the closing dot.
    public var target: String

    public init(priority: UInt16, weight: UInt16, port: UInt16, target: String) {
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target
    }

    /// Each target and port once, in an order that depends on the set alone: by priority, of one priority the heavier first; at most
    /// `most`. Left out: port 0, and the root as a target (it says that there is no such service here).
    static func arranged(_ records: [ServiceRecord]) -> [ServiceRecord] {
        var seen: Set<String> = []
        let sorted = records.filter { $0.port > 0 && !$0.target.isEmpty }
            .sorted { ($0.priority, $1.weight, $0.target, $0.port) < ($1.priority, $0.weight, $1.target, $1.port) }
        return Array(sorted.filter { seen.insert("\($0.target):\($0.port)").inserted }.prefix(most))
    }
}
