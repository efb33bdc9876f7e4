import Balancing
import DataPlane
import Telemetry
import Testing

@Suite("The registry of meters")
struct CountersRegistryTests {
    private func filled() -> MeterRegistry {
        let registry = MeterRegistry(workers: 2, version: "1.2.3")
        registry.configurationAccepted(atUnixSeconds: 100.5, isReload: false)
        let pool = registry.pool("chat")
        pool.worker(0).message(.toBackend, .text)
        pool.worker(1).message(.toBackend, .text)
        pool.worker(1).close(side: .client, code: 1000)
        pool.worker(0).tunnelDuration(nanoseconds: 2_000_000_000)
        pool.worker(0).request(code: 404)
        pool.worker(0).streams(.sse, delta: 1)
        pool.worker(1).idle(delta: 2)
        pool.worker(1).reused()
        pool.worker(0).requestDuration(nanoseconds: 2_000_000)
        pool.worker(0).tlsDuration(nanoseconds: 2_000_000)
        let tunnel = registry.tunnel(route: "main", pool: "chat", backend: "127.0.0.1:1")
        tunnel.worker(0).opened()
        tunnel.worker(1).opened()
        tunnel.worker(1).closed()
        registry.backend(pool: "chat", label: "127.0.0.1:1").connectFailure(.refused)
        registry.backend(pool: "chat", label: "127.0.0.1:1").checked(.failed)
        registry.backend(pool: "chat", label: "127.0.0.1:1").ejected()
        registry.condition(pool: "chat", label: "127.0.0.1:1").isEjected = true
        registry.condition(pool: "chat", label: "127.0.0.1:1").leaves()
        registry.condition(pool: "chat", label: "127.0.0.1:1").slowStart = SlowStart(connections: 100)
        registry.condition(pool: "chat", label: "127.0.0.1:1").beganSlowly(at: 1)
        pool.rebalanced.add(2)
        pool.isInPanic = true
        pool.isRebalancing = true
        pool.checkDuration(nanoseconds: 2_000_000)
        registry.route("main").upgradeFailure(.noBackend)
        registry.route("main").requestFailure(.responseTimeout)
        registry.process.resolved(.success, 5)
        registry.process.resolved(.failure)
        let listener = registry.listener("public")
        listener.worker(0).accepted()
        listener.worker(0).accepted()
        listener.worker(0).closed()
        listener.worker(1).refused(.badHost)
        listener.worker(1).tlsHandshake(result: .ok, version: .tls13, resumed: true)
        registry.process.worker(1).arrived()
        registry.process.limitHit(.maxMessage)
        registry.process.logLinesDropped.add(4)
        registry.process.drainRemaining = 3
        registry.setCertificates(["site.pem": 2e9])
        return registry
    }

    @Test("every metric of the list is exposed, well formed and without a second series, in both formats",
        arguments: [false, true])
    func complete(openMetrics: Bool) throws {
        let exposition = try CountersExposition(filled().render(openMetrics: openMetrics))
        for metric in MetricNames.all {
            let name = openMetrics && metric.kind == .counter ? String(metric.name.dropLast(6)) : metric.name
            #expect(exposition.types[name] == metric.kind.rawValue, "\(metric.name)")
        }
        #expect(exposition.types.count == MetricNames.all.count)
    }

    @Test("what was counted is what is read")
    func values() throws {
        let series = try CountersExposition(filled().render(openMetrics: false)).series
        let expected: [String: Double] = [
            #"tidegate_build_info{version="1.2.3"}"#: 1,
            #"tidegate_config_reloads_total{result="success"}"#: 0,
            "tidegate_config_last_reload_successful": 1,
            "tidegate_config_last_reload_success_timestamp_seconds": 100.5,
            #"tidegate_messages_total{pool="chat",direction="to_backend",opcode="text"}"#: 2,
            #"tidegate_messages_total{pool="chat",direction="to_client",opcode="text"}"#: 0,
            #"tidegate_closes_total{pool="chat",side="client",code="1000"}"#: 1,
            #"tidegate_tunnel_duration_seconds_bucket{pool="chat",le="1.0"}"#: 0,
            #"tidegate_tunnel_duration_seconds_bucket{pool="chat",le="5.0"}"#: 1,
            #"tidegate_tunnel_duration_seconds_sum{pool="chat"}"#: 2,
            #"tidegate_requests_total{pool="chat",code="404"}"#: 1,
            #"tidegate_streams_active{pool="chat",kind="sse"}"#: 1,
            #"tidegate_streams_active{pool="chat",kind="long_poll"}"#: 0,
            #"tidegate_backend_connections_idle{pool="chat"}"#: 2,
            #"tidegate_backend_reuses_total{pool="chat"}"#: 1,
            #"tidegate_backend_state{pool="chat",backend="127.0.0.1:1",state="ejected"}"#: 1,
            #"tidegate_backend_state{pool="chat",backend="127.0.0.1:1",state="ready"}"#: 0,
            #"tidegate_backend_state{pool="chat",backend="127.0.0.1:1",state="probation"}"#: 0,
            #"tidegate_backend_slow_start_ratio{pool="chat",backend="127.0.0.1:1"}"#: 0.05,
            #"tidegate_pool_rebalancing{pool="chat"}"#: 1,
            #"tidegate_backend_checks_total{pool="chat",backend="127.0.0.1:1",result="failed"}"#: 1,
            #"tidegate_backend_ejections_total{pool="chat",backend="127.0.0.1:1"}"#: 1,
            #"tidegate_backend_draining_tunnels{pool="chat",backend="127.0.0.1:1"}"#: 1,
            #"tidegate_backend_check_duration_seconds_sum{pool="chat"}"#: 0.002,
            #"tidegate_rebalanced_tunnels_total{pool="chat"}"#: 2,
            #"tidegate_pool_panic{pool="chat"}"#: 1,
            #"tidegate_request_duration_seconds_sum{pool="chat"}"#: 0.002,
            #"tidegate_request_duration_seconds_bucket{pool="chat",le="0.0025"}"#: 1,
            #"tidegate_backend_tls_handshake_duration_seconds_count{pool="chat"}"#: 1,
            #"tidegate_request_failures_total{route="main",reason="response_timeout"}"#: 1,
            #"tidegate_request_failures_total{route="main",reason="backend_tls"}"#: 0,
            #"tidegate_resolutions_total{result="success"}"#: 5,
            #"tidegate_resolutions_total{result="failure"}"#: 1,
            #"tidegate_tunnels_active{route="main",pool="chat",backend="127.0.0.1:1"}"#: 1,
            #"tidegate_tunnels_total{route="main",pool="chat",backend="127.0.0.1:1"}"#: 2,
            #"tidegate_backend_up{pool="chat",backend="127.0.0.1:1"}"#: 0,
            #"tidegate_backend_connect_failures_total{pool="chat",backend="127.0.0.1:1",reason="refused"}"#: 1,
            #"tidegate_upgrade_failures_total{route="main",reason="no_backend"}"#: 1,
            #"tidegate_connections_active{listener="public"}"#: 1,
            #"tidegate_connections_total{listener="public"}"#: 2,
            #"tidegate_connections_refused_total{listener="public",reason="bad_host"}"#: 1,
            #"tidegate_connections_refused_total{listener="public",reason="no_route"}"#: 0,
            #"tidegate_tls_handshakes_total{listener="public",result="ok",version="TLSv1.3",resumed="true"}"#: 1,
            #"tidegate_worker_connections{worker="0"}"#: 0,
            #"tidegate_worker_connections{worker="1"}"#: 1,
            #"tidegate_limits_hit_total{limit="max_message"}"#: 1,
            "tidegate_log_lines_dropped_total": 4,
            "tidegate_drain_remaining": 3,
            #"tidegate_tls_certificate_not_after_timestamp_seconds{certificate="site.pem"}"#: 2e9,
        ]
        for (key, value) in expected { #expect(series[key] == value, "\(key)") }
    }

    @Test("process metrics are those of this process")
    func process() throws {
        let series = try CountersExposition(filled().render(openMetrics: false)).series
        #expect(try #require(series["process_resident_memory_bytes"]) > 1_000_000)
        #expect(try #require(series["process_open_fds"]) >= 3)
        #expect(try #require(series["process_max_fds"]) >= #require(series["process_open_fds"]))
        let now = WallClock.unixSeconds
        let start = try #require(series["process_start_time_seconds"])
        #expect(start > now - 86_400 && start < now + 5)
    }

    @Test("the same name gives the same meter, also after a reload that keeps it")
    func sameMeter() {
        let registry = filled()
        let pool = registry.pool("chat")
        let backend = registry.backend(pool: "chat", label: "127.0.0.1:1")
        backend.acquire()
        var names = ConfiguredNames()
        names.pools = ["chat"]
        names.backends = [BackendKey(pool: "chat", backend: "127.0.0.1:1")]
        registry.retain(only: names)
        #expect(registry.pool("chat") === pool)
        #expect(registry.backend(pool: "chat", label: "127.0.0.1:1") === backend)
        #expect(backend.live == 1)
    }

    @Test("what a reload drops goes once nothing of it is open, and not before")
    func pruned() throws {
        let registry = filled()
        registry.retain(only: ConfiguredNames())
        let active = #"tidegate_tunnels_active{route="main",pool="chat",backend="127.0.0.1:1"}"#
        var series = try CountersExposition(registry.render(openMetrics: false)).series
        #expect(series[active] == 1)
        #expect(series[#"tidegate_connections_active{listener="public"}"#] == 1)
        #expect(series[#"tidegate_bytes_total{pool="chat",direction="to_client"}"#] == 0)
        #expect(series.keys.contains { $0.hasPrefix("tidegate_backend_up") } == false)
        #expect(series.keys.contains { $0.hasPrefix("tidegate_upgrade_failures_total") } == false)
        #expect(series.keys.contains { $0.hasPrefix("tidegate_request_failures_total") } == false)

        registry.tunnel(route: "main", pool: "chat", backend: "127.0.0.1:1").worker(0).closed()
        registry.listener("public").worker(0).closed()
        series = try CountersExposition(registry.render(openMetrics: false)).series
        #expect(series[active] == nil)
        #expect(series.keys.contains { $0.contains("chat") || $0.contains("public") } == false)
    }

    @Test("a meter that somebody still holds is not forgotten, so that its counts are not lost")
    func held() throws {
        let registry = MeterRegistry(workers: 1)
        let tunnel = registry.tunnel(route: "r", pool: "p", backend: "b")
        registry.retain(only: ConfiguredNames())
        _ = registry.render(openMetrics: false)
        tunnel.worker(0).opened()
        let series = try CountersExposition(registry.render(openMetrics: false)).series
        #expect(series[#"tidegate_tunnels_active{route="r",pool="p",backend="b"}"#] == 1)
    }

    @Test("a backend that is gone and empty has no series, whoever still holds its meter; if it comes back it goes on counting")
    func goneAndHeld() throws {
        let registry = MeterRegistry(workers: 1)
        let (backend, tunnel) = (registry.backend(pool: "p", label: "b"), registry.tunnel(route: "r", pool: "p", backend: "b"))
        func shown() throws -> Set<String> {
            let series = try CountersExposition(registry.render(openMetrics: false)).series.keys
            return Set(series.filter { $0.contains(#"backend="b""#) }.compactMap { $0.split(separator: "{").first.map(String.init) })
        }
        backend.connectFailure(.refused)
        var names = ConfiguredNames()
        names.pools = ["p"]
        registry.retain(only: names)
        #expect(try shown() == [])
        backend.acquire()
        tunnel.worker(0).opened()
        #expect(try shown().isSuperset(of: ["tidegate_backend_up", "tidegate_tunnels_active", "tidegate_tunnels_total"]))
        backend.release()
        tunnel.worker(0).closed()
        #expect(try shown() == [])
        names.backends = [backend.key]
        registry.retain(only: names)
        #expect(try shown().contains("tidegate_backend_up") && backend.connectFailures(.refused) == 1)
    }

    @Test("a pool that comes back goes on counting where it was")
    func comesBack() {
        let registry = MeterRegistry(workers: 1)
        let cells = registry.pool("p").worker(0)
        cells.bytes(.toClient, 5)
        registry.retain(only: ConfiguredNames())
        _ = registry.render(openMetrics: false)
        cells.bytes(.toClient, 5)
        #expect(registry.pool("p").bytes(.toClient) == 10)
    }

    @Test("reloads move their metrics: a refused one leaves the time of the last success")
    func reloads() throws {
        let registry = MeterRegistry(workers: 1)
        registry.configurationAccepted(atUnixSeconds: 10, isReload: false)
        registry.configurationAccepted(atUnixSeconds: 20, isReload: true)
        registry.configurationRefused()
        let series = try CountersExposition(registry.render(openMetrics: false)).series
        #expect(series[#"tidegate_config_reloads_total{result="success"}"#] == 1)
        #expect(series[#"tidegate_config_reloads_total{result="failure"}"#] == 1)
        #expect(series["tidegate_config_last_reload_successful"] == 0)
        #expect(series["tidegate_config_last_reload_success_timestamp_seconds"] == 20)
    }

    @Test("A5: a million events of any kind leave the number of series as it was")
    func cardinality() throws {
        let registry = filled()
        let before = try CountersExposition(registry.render(openMetrics: false)).series.count
        let cells = registry.pool("chat").worker(0)
        let listener = registry.listener("public").worker(0)
        for number in 0..<1_000_000 {
            cells.close(side: .client, code: UInt16(truncatingIfNeeded: number))
            cells.request(code: UInt16(truncatingIfNeeded: number))
            listener.refused(.badPath)
        }
        let after = try CountersExposition(registry.render(openMetrics: false)).series.count
        // All standard close codes, sixteen private ones, `other`; 32 statuses and `other`. What was there is counted already.
        #expect(after == before + (16 + 16 + 1 - 1) + (32 + 1 - 1))
    }

    @Test("a backend's limit holds however many threads ask at once")
    func backendLimit() async {
        let backend = BackendMeter(key: BackendKey(pool: "p", backend: "b"))
        let got = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<1000).count { _ in backend.acquire(limit: 100) } }
            }
            return await group.reduce(0, +)
        }
        #expect(got <= 100)
        #expect(backend.live == got)
        for _ in 0..<got { backend.release() }
        #expect(backend.live == 0)
    }
}
