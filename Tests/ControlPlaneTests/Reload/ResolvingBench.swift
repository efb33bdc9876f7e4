import DataPlane
import Settings
import Wire

@testable import ControlPlane

/// A reload whose name server's answer changes.
struct ResolvingBench {
    let answer: ChangingAnswer
    let registry = MeterRegistry(workers: 1)
    let log = CapturedLog()
    let reload: Reload

    init(
        of backends: [BackendSettings] = [backend("chat.test")], tls: BackendTLSSettings = BackendTLSSettings(), _ first: NameAnswer
    ) throws {
        answer = ChangingAnswer(first)
        let preparer = Preparer(source: .fixed(configuration(backends: backends, tls: tls)), resolver: answer.resolver)
        reload = Reload(preparer: preparer, first: try preparer.prepare().get(), registry: registry, log: log.sink)
    }

    /// Asks again, and gets another answer; with the snapshots that were handed over.
    @discardableResult
    func resolve(_ new: NameAnswer) -> (result: Reload.Resolution, adopted: [Snapshot]) {
        answer.change(new)
        var adopted: [Snapshot] = []
        let result = reload.resolve(at: .max) { adopted.append($0) }
        return (result, adopted)
    }

    /// Where the backend `chat.test` is.
    var addresses: [IPAddress?] {
        reload.state.withLock { $0.preparation.backends[key("chat.test:9001")]?.addresses.map(\.ip) ?? [] }
    }

    /// The backends that serve, and those that the snapshot counts as configured.
    var labels: [String] { reload.snapshot.settings.pools.flatMap { $0.backends.map(\.label) } }
    var configured: Set<String> { Set(reload.snapshot.configuredNames.backends.map(\.backend)) }
}
