import Telemetry

/// Failed upgrades of one route, counted from any thread.
package final class RouteMeter: Sendable {
    package let name: String
    private let failures = LabelCounts<UpgradeFailureReason>()

    package init(name: String) {
        self.name = name
    }

    /// A request that had found this route became no tunnel.
    package func upgradeFailure(_ reason: UpgradeFailureReason) { failures.add(reason) }

    /// How many so far.
    package func upgradeFailures(_ reason: UpgradeFailureReason) -> UInt64 { failures.load(reason) }
}
