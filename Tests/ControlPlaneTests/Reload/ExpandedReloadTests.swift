import DataPlane
import Settings
import Telemetry
import Testing
import Transport
import Wire

@testable import ControlPlane

/// Backends that come and go with the answers of name servers.
@Suite struct ExpandedReloadTests {
    private var each: BackendSettings {
        var entry = backend("chat.test")
        entry.resolution = .each
        return entry
    }

    private func place(_ last: UInt32, _ port: UInt16 = 81, weight: UInt16 = 1, target: String = "a.test") -> FoundAddress {
        FoundAddress(ip(last), ttl: 60, service: ServiceRecord(priority: 0, weight: weight, port: port, target: target))
    }

    @Test func `each address is a backend of the snapshot; what a name loses is no longer configured, what it gains is`() throws {
        let bench = try ResolvingBench(of: [each], .addresses([ip(1), ip(2)]))
        #expect(bench.labels == ["10.0.0.1:9001", "10.0.0.2:9001"] && bench.configured == Set(bench.labels))
        #expect(bench.resolve(.addresses([ip(2), ip(3)])).result == .moved)
        #expect(bench.labels == ["10.0.0.2:9001", "10.0.0.3:9001"] && bench.configured == Set(bench.labels))
        #expect(bench.reload.settings.pools.first?.backends.map(\.label) == ["chat.test:9001"])
        let told = #""event":"backend_resolved","pool":"main","backend":"chat.test:9001","addresses":"10.0.0.2 10.0.0.3""#
        #expect(bench.log.lines().count == 1 && bench.log.lines().first?.contains(told) == true)
        let scrape = String(decoding: bench.registry.render(openMetrics: false), as: UTF8.self)
        #expect(scrape.contains("10.0.0.3:9001") && !scrape.contains("10.0.0.1:9001"))
    }

    @Test func `a failing name keeps all of its backends`() throws {
        let bench = try ResolvingBench(of: [each], .addresses([ip(1), ip(2)]))
        for _ in 0..<3 { #expect(bench.resolve(.failed(.noName)).result == .unchanged) }
        #expect(bench.labels == ["10.0.0.1:9001", "10.0.0.2:9001"])
        #expect(bench.resolve(.addresses([ip(1)])).result == .moved)
        #expect(bench.labels == ["10.0.0.1:9001"])
    }

    @Test func `a reload keeps the backends of a service that fails, with a warning`() throws {
        var entry = each
        entry.isService = true
        let bench = try ResolvingBench(of: [entry], .found([place(1), place(2)]))
        bench.answer.change(.failed(.timedOut))
        guard case .accepted = bench.reload.run(adopt: { _ in }) else {
            Issue.record("refused")
            return
        }
        #expect(bench.labels == ["10.0.0.1:81", "10.0.0.2:81"])
        #expect(bench.log.lines().contains { $0.contains("config_warning") && $0.contains("no answer in time") })
    }

    @Test func `another weight of one record leaves the other backends alone`() throws {
        var entry = each
        entry.isService = true
        let bench = try ResolvingBench(of: [entry], .found([place(1), place(2)]))
        #expect(bench.resolve(.found([place(1, weight: 9), place(2)])).result == .moved)
        #expect(bench.reload.snapshot.settings.pools.first?.backends.map(\.weight) == [9, 1])
        #expect(bench.reload.settings.pools.first?.backends.map(\.weight) == [1])
    }

    @Test func `over TLS the name is the pool's, or the one in the URL, or the target's`() throws {
        var named = secureBackend("chat.test")
        named.resolution = .each
        var service = secureBackend("_ws.test", 0)
        service.isService = true
        let name = { (bench: ResolvingBench) in
            bench.reload.state.withLock { $0.preparation.backends.values.compactMap { $0.identity?.name } }
        }
        #expect(name(try ResolvingBench(of: [named], .addresses([ip(1), ip(2)]))) == ["chat.test", "chat.test"])
        #expect(name(try ResolvingBench(of: [service], .found([place(1, target: "b.test")]))) == ["b.test"])
        let tls = BackendTLSSettings(serverName: "site.test")
        #expect(name(try ResolvingBench(of: [service], tls: tls, .found([place(1, target: "b.test")]))) == ["site.test"])
    }

    @Test func `identities, and so sessions to resume, of backends that stay are kept`() throws {
        var named = secureBackend("chat.test")
        named.resolution = .each
        let bench = try ResolvingBench(of: [named], .addresses([ip(1), ip(2)]))
        let stays = key("10.0.0.2:9443")
        let before = bench.reload.state.withLock { $0.preparation.backends[stays]?.identity }
        #expect(bench.resolve(.addresses([ip(2), ip(3)])).result == .moved)
        #expect(before != nil && bench.reload.state.withLock { $0.preparation.backends[stays]?.identity } === before)
    }

    @Test func `a place that two entries lead to is told once for each change`() throws {
        let bench = try ResolvingBench(of: [backend("10.0.0.1"), each], .addresses([ip(2)]))
        #expect(bench.resolve(.addresses([ip(1), ip(2)])).result == .unchanged)
        #expect(bench.labels == ["10.0.0.1:9001", "10.0.0.2:9001"])
        let told = { bench.log.lines().filter { $0.contains("in the pool main already") }.count }
        #expect(told() == 1)
        bench.resolve(.addresses([ip(1), ip(2), ip(3)]))
        #expect(told() == 1)
    }
}
