import ControlPlane
import DataPlane
import Synchronization
import Transport

/// What the admin endpoint tells about this process. Written by the main thread, read by the endpoint's.
final class ProcessHealth: AdminSource {
    /// How long a worker, or the main thread that watches them, may stand still before the process is unwell.
    static let patience: UInt64 = 10_000_000_000

    private let registry: MeterRegistry
    private let turnedAt: Atomic<UInt64>
    private let takesConnections = Atomic<Bool>(false)

    init(registry: MeterRegistry, now: UInt64) {
        self.registry = registry
        turnedAt = Atomic(now)
    }

    /// Every worker was seen to have turned by this moment.
    func noteAllTurned(at moment: UInt64) { turnedAt.store(moment, ordering: .relaxed) }

    /// Connections are taken from now on, or no more.
    func setReady(_ isReady: Bool) { takesConnections.store(isReady, ordering: .releasing) }

    func isLive(now: UInt64) -> Bool {
        let moment = turnedAt.load(ordering: .relaxed)
        return now < moment || now - moment < Self.patience
    }

    func isLive() -> Bool { isLive(now: Clock.monotonic()) }

    func isReady() -> Bool { takesConnections.load(ordering: .acquiring) }

    func metrics(openMetrics: Bool) -> [UInt8] { registry.render(openMetrics: openMetrics) }
}
