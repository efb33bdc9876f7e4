import Telemetry

/// Failed upgrades and requests of one route, counted from any thread.
public final class RouteMeter: Sendable {
    public let name: String
    private let failures = LabelCounts<UpgradeFailureReason>()
    private let requests = LabelCounts<RequestFailureReason>()

    public init(name: String) {
        self.name = name
    }

    /// A request that had found this route became no tunnel.
    public func upgradeFailure(_ reason: UpgradeFailureReason) { failures.add(reason) }

    /// How many so far.
    public func upgradeFailures(_ reason: UpgradeFailureReason) -> UInt64 { failures.load(reason) }

    /// A plain request that had found this route was answered with an error by the proxy, or cut.
    public func requestFailure(_ reason: RequestFailureReason) { requests.add(reason) }

    /// How many so far.
    public func requestFailures(_ reason: RequestFailureReason) -> UInt64 { requests.load(reason) }
}
