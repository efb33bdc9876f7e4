import ControlPlane
import Synchronization

/// A source whose answers a test sets.
final class FakeSource: AdminSource {
    private let live = Atomic<Bool>(true)
    private let ready = Atomic<Bool>(true)
    private let body: [UInt8]

    init(body: [UInt8] = Array("x 1\n".utf8)) {
        self.body = body
    }

    func setLive(_ value: Bool) { live.store(value, ordering: .relaxed) }
    func setReady(_ value: Bool) { ready.store(value, ordering: .relaxed) }

    func isLive() -> Bool { live.load(ordering: .relaxed) }
    func isReady() -> Bool { ready.load(ordering: .relaxed) }
    func metrics(openMetrics: Bool) -> [UInt8] { openMetrics ? Array("# EOF\n".utf8) : body }
}
