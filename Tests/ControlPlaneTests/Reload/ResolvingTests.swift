import DataPlane
import Settings
import Telemetry
import Testing
import Transport
import Wire

@testable import ControlPlane

/// Names that are asked for again between reloads.
@Suite struct ResolvingTests {
    @Test func `a backend that moved is handed over in one snapshot of the same settings, and told in one line`() throws {
        let bench = try ResolvingBench(.addresses([ip(1)]))
        let before = bench.reload.snapshot
        let (result, adopted) = bench.resolve(.addresses([ip(2), ip(3)]))
        #expect(result == .moved && adopted.count == 1)
        #expect(adopted.first === bench.reload.snapshot && adopted.first !== before)
        #expect(adopted.first?.settings == before.settings)
        #expect(adopted.first?.listeners.first?.socket === before.listeners.first?.socket)
        #expect(bench.addresses == [ip(2), ip(3)])
        let lines = bench.log.lines()
        #expect(lines.count == 1)
        let told = #""event":"backend_resolved","pool":"main","backend":"chat.test:9001","addresses":"10.0.0.2 10.0.0.3""#
        #expect(lines.first?.contains(told) == true)
        let scrape = String(decoding: bench.registry.render(openMetrics: false), as: UTF8.self)
        #expect(scrape.contains("tidegate_config_reloads_total{result=\"success\"} 0"))
        #expect(scrape.contains("tidegate_resolutions_total{result=\"success\"} 2"))
    }

    @Test func `the same addresses in another order change nothing and say nothing`() throws {
        let bench = try ResolvingBench(.addresses([ip(1), ip(2)]))
        let before = bench.reload.snapshot
        let (result, adopted) = bench.resolve(.addresses([ip(2), ip(1)]))
        #expect(result == .unchanged && adopted.isEmpty)
        #expect(bench.reload.snapshot === before && bench.addresses == [ip(1), ip(2)])
        #expect(bench.log.lines().isEmpty)
    }

    @Test func `a name that fails keeps its last good answer, is told once, and is told again when it is back`() throws {
        let bench = try ResolvingBench(of: [backend("chat.test"), backend("chat.test", 9002)], .addresses([ip(1)]))
        for _ in 0..<3 {
            let (result, adopted) = bench.resolve(.failed(.timedOut))
            #expect(result == .unchanged && adopted.isEmpty && bench.addresses == [ip(1)])
        }
        #expect(bench.log.lines().count == 1)
        let told = #""level":"warn","event":"resolve_failed","name":"chat.test","reason":"no answer in time""#
        #expect(bench.log.lines().first?.contains(told) == true)
        #expect(bench.registry.process.resolutions(.failure) == 3)
        let (result, adopted) = bench.resolve(.addresses([ip(1)]))
        #expect(result == .unchanged && adopted.isEmpty)
        // One line for each of the two backends.
        #expect(bench.log.lines().map { $0.contains("backend_resolved") } == [false, true, true])
        bench.resolve(.addresses([ip(1)]))
        #expect(bench.log.lines().count == 3)
        bench.resolve(.failed(.noName))
        #expect(bench.log.lines().last?.contains("the name does not exist") == true)
    }

    @Test func `what a reload has told is not told again`() throws {
        let bench = try ResolvingBench(.addresses([ip(1)]))
        bench.answer.change(.failed(.timedOut))
        guard case .accepted = bench.reload.run(adopt: { _ in }) else {
            Issue.record("refused")
            return
        }
        let told = bench.log.lines().count
        #expect(told > 0)
        bench.resolve(.failed(.timedOut))
        #expect(bench.log.lines().count == told)
    }

    @Test func `no answer comes into force once a drain has begun`() throws {
        let bench = try ResolvingBench(.addresses([ip(1)]))
        bench.reload.close()
        let (result, adopted) = bench.resolve(.addresses([ip(2)]))
        #expect(result == .abandoned && adopted.isEmpty)
        #expect(bench.addresses == [ip(1)] && bench.log.lines().isEmpty)
    }

    @Test func `an answer that comes after a reload is left alone: the reload has asked itself`() throws {
        let answers = ReloadingAnswer()
        let preparer = Preparer(source: .fixed(configuration(backends: [backend("chat.test")])), resolver: answers.resolver)
        let reload = Reload(
            preparer: preparer, first: try preparer.prepare().get(), registry: MeterRegistry(workers: 1),
            log: LogSink(level: .error, format: .json))
        answers.interrupt {
            guard case .accepted = reload.run(adopt: { _ in }) else {
                Issue.record("refused")
                return
            }
        }
        var adopted = 0
        #expect(reload.resolve(at: .max) { _ in adopted += 1 } == .abandoned)
        #expect(adopted == 0)
    }

    @Test func `names are asked for again only where there are some and an interval is set, and sooner with a short TTL`() throws {
        func wait(_ backends: [BackendSettings], _ interval: Duration?, ttl: UInt32 = 3600) throws -> UInt64? {
            var settings = configuration(backends: backends)
            settings.resolver.interval = interval
            let preparer = Preparer(
                source: .fixed(settings), resolver: .each { _ in .found([FoundAddress(ip(1), ttl: ttl)]) })
            let before = Clock.monotonic()
            let reload = Reload(
                preparer: preparer, first: try preparer.prepare().get(), registry: MeterRegistry(workers: 1),
                log: LogSink(level: .error, format: .json))
            let after = Clock.monotonic()
            guard let next = reload.nextResolving else { return nil }
            // Whole seconds, whatever the preparation took.
            #expect(next >= before && next - before < 20_000_000_000)
            return (next - after + 999_999_999) / 1_000_000_000
        }
        #expect(try wait([backend("chat.test")], .seconds(7)) == 7)
        #expect(try wait([backend("chat.test")], .seconds(7), ttl: 3) == 3)
        #expect(try wait([backend("chat.test")], nil) == nil)
        #expect(try wait([backend("10.0.0.1")], .seconds(7)) == nil)
    }

    @Test func `what is not due is not asked for`() throws {
        let bench = try ResolvingBench(.addresses([ip(1)]))
        bench.answer.change(.addresses([ip(2)]))
        #expect(bench.reload.resolve(at: 0) { _ in } == .unchanged)
        #expect(bench.registry.process.resolutions(.success) == 1 && bench.addresses == [ip(1)])
    }
}
