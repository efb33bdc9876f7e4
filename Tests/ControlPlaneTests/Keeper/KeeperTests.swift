import Glibc
import Settings
import Support
import Testing
import Transport

@testable import ControlPlane
@testable import DataPlane

/// The keeper on its thread, with real checks of a real backend.
@Suite(.serialized) struct KeeperTests {
    private func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<20_000 where !condition() { poll(nil, 0, 1) }
        return condition()
    }

    @Test func `a backend is found up, then down when nobody listens any more, and reports of traffic are heard`() throws {
        let answering = try CheckBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let port = try answering.address.port
        let check = CheckSettings(
            kind: .http(HTTPCheckSettings()), interval: .milliseconds(100), fastInterval: .milliseconds(20), fall: 2)
        var settings = configuration(backends: [port, port &+ 1, port &+ 2].map { backend("127.0.0.1", $0) })
        settings.pools[0].check = check
        settings.pools[0].ejection = EjectionSettings(failures: 1)
        settings.pools[0].backends[1].state = .maint
        var prepared: [BackendKey: PreparedBackend] = [:]
        for backend in settings.pools[0].backends {
            prepared[key(backend.label)] = PreparedBackend(addresses: [try SocketAddress(loopback, port: port)])
        }
        let registry = MeterRegistry(workers: 1)
        let log = CapturedLog()
        let snapshot = Snapshot.build(settings: settings, listeners: [], backends: prepared, registry: registry, previous: nil)
        let workers = try WorkerGroup(count: 1, snapshot: snapshot, registry: registry, log: log.sink, descriptors: 1024)
        let keeper = try Keeper(registry: registry, workers: workers, log: log.sink, descriptors: 1024)
        keeper.adopt(snapshot)
        try keeper.start()
        let labels = settings.pools[0].backends.map(\.label)
        let conditions = labels.map { registry.condition(pool: "main", label: $0) }
        #expect(eventually { conditions[0].health == .up && conditions[2].health == .up })
        #expect(conditions[1].health == .unknown && conditions[1].administrative == .maint)
        registry.reports.post(PassiveReport(key(labels[2]), .failed, at: Clock.monotonic()))
        #expect(eventually { conditions[2].isEjected })
        #expect(keeper.setState(.drain, backend: labels[2], pool: "main"))
        #expect(keeper.pools().first?.backends.map(\.state) == ["ready", "maint", "drain"])
        answering.listener.stop()
        #expect(eventually { conditions[0].health == .down })
        keeper.stop()
        #expect(log.lines().contains { $0.contains("backend_down") && $0.contains(labels[0]) })
    }
}
