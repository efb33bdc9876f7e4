import DataPlane
import Settings
import Synchronization
import Telemetry
import Testing
import Wire

@testable import ControlPlane

@Suite struct ReloadTests {
    /// A reload whose source is a file that the test rewrites.
    private struct Bench {
        let folder: TemporaryFolder
        let registry = MeterRegistry(workers: 1)
        let log = LogSink(level: .info, format: .json)
        let reload: Reload

        init() throws {
            folder = try TemporaryFolder()
            let path = try folder.write("x.yaml", Bench.text(pool: "main"))
            let preparer = Preparer(source: .file(path))
            reload = Reload(preparer: preparer, first: try preparer.prepare().get(), registry: registry, log: log)
        }

        static func text(pool: String, level: String = "info") -> String {
            """
            listeners:
              - { name: plain, bind: "unix:x.sock" }
            routes:
              - { path: /*, pool: \(pool) }
            pools:
              \(pool): { backends: [ "ws://127.0.0.1:9001" ] }
            log: { level: \(level) }
            """
        }

        func scrape() -> String { String(decoding: registry.render(openMetrics: false), as: UTF8.self) }
    }

    @Test func `a reload hands over one snapshot of the new file, and keeps the listening socket`() throws {
        let bench = try Bench()
        // The socket alone: whoever holds the old snapshot keeps its meters.
        let socket = bench.reload.snapshot.listeners.first?.socket
        try bench.folder.write("x.yaml", Bench.text(pool: "other"))
        var adopted: [Snapshot] = []
        guard case .accepted(let difference) = bench.reload.run(adopt: { adopted.append($0) }) else {
            Issue.record("refused")
            return
        }
        #expect(adopted.count == 1)
        #expect(adopted.first?.settings.pools.map(\.name) == ["other"])
        #expect(adopted.first === bench.reload.snapshot)
        #expect(adopted.first?.listeners.first?.socket === socket && socket != nil)
        #expect(difference.pools == ReloadDifference.Counts(added: 1, removed: 1, changed: 0))
        #expect(bench.scrape().contains("tidegate_config_reloads_total{result=\"success\"} 1"))
        #expect(bench.scrape().contains("pool=\"other\""))
        #expect(!bench.scrape().contains("pool=\"main\""))
    }

    @Test func `a refused reload changes nothing and moves the metrics`() throws {
        let bench = try Bench()
        let before = bench.reload.snapshot
        try bench.folder.write("x.yaml", "listeners: 7\n")
        var adopted = 0
        guard case .refused(let problems) = bench.reload.run(adopt: { _ in adopted += 1 }) else {
            Issue.record("accepted")
            return
        }
        #expect(!problems.errors.isEmpty)
        #expect(adopted == 0)
        #expect(bench.reload.snapshot === before)
        #expect(bench.scrape().contains("tidegate_config_reloads_total{result=\"failure\"} 1"))
        #expect(bench.scrape().contains("tidegate_config_last_reload_successful 0"))
        try bench.folder.write("x.yaml", Bench.text(pool: "main"))
        _ = bench.reload.run(adopt: { _ in adopted += 1 })
        #expect(adopted == 1)
        #expect(bench.scrape().contains("tidegate_config_last_reload_successful 1"))
    }

    @Test func `no reload comes into force once a drain has begun`() throws {
        let bench = try Bench()
        bench.reload.close()
        var adopted = 0
        guard case .abandoned = bench.reload.run(adopt: { _ in adopted += 1 }) else {
            Issue.record("not abandoned")
            return
        }
        #expect(adopted == 0)
        #expect(bench.scrape().contains("tidegate_config_reloads_total{result=\"success\"} 0"))
    }

    @Test func `a reload changes the log's level at once`() throws {
        let bench = try Bench()
        #expect(bench.log.isEnabled(.info))
        try bench.folder.write("x.yaml", Bench.text(pool: "main", level: "error"))
        _ = bench.reload.run(adopt: { _ in })
        #expect(!bench.log.isEnabled(.warn))
    }

    @Test func `lines that moved are no change, and other values are`() {
        var old = configuration()
        var new = old
        new.listeners[0].source = SourcePlace(file: "x.yaml", line: 77, path: "listeners[5]")
        let none = ReloadDifference.Counts()
        #expect(ReloadDifference(from: old, to: new).listeners == none)
        new.pools[0].backends.append(backend("127.0.0.1", 9002))
        new.routes.append(RouteSettings(name: "more", destination: .pool("main")))
        old.listeners.append(plainListener("gone"))
        let difference = ReloadDifference(from: old, to: new)
        #expect(difference.pools == ReloadDifference.Counts(changed: 1))
        #expect(difference.routes == ReloadDifference.Counts(added: 1))
        #expect(difference.listeners == ReloadDifference.Counts(removed: 1))
    }

    @Test func `what needs a restart is told by its key`() {
        let running = configuration()
        var new = running
        #expect(ReloadDifference.needingRestart(running: running, new: new).isEmpty)
        new.workers = 3
        new.admin = AdminSettings(token: Secret([1]))
        new.log.file = "/x"
        new.log.level = .error
        #expect(ReloadDifference.needingRestart(running: running, new: new) == ["workers", "admin.bind", "admin.token", "log.file"])
    }
}
