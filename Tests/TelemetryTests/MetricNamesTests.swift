import Telemetry
import Testing

@Suite("The list of metrics")
struct MetricNamesTests {
    /// The promise to dashboards and alerts, spelled out a second time on purpose.
    private static let promised = """
        tidegate_build_info{version} tidegate_config_last_reload_successful{} tidegate_config_reloads_total{result}
        tidegate_config_last_reload_success_timestamp_seconds{} tidegate_connections_active{listener}
        tidegate_connections_total{listener} tidegate_connections_refused_total{listener,reason}
        tidegate_tls_handshakes_total{listener,result,version,resumed} tidegate_tunnels_active{route,pool,backend}
        tidegate_tunnels_total{route,pool,backend} tidegate_upgrade_failures_total{route,reason}
        tidegate_upgrade_duration_seconds{pool} tidegate_tunnel_duration_seconds{pool}
        tidegate_closes_total{pool,side,code} tidegate_bytes_total{pool,direction}
        tidegate_messages_total{pool,direction,opcode} tidegate_ping_rtt_seconds{pool,side}
        tidegate_flow_control_pauses_total{pool,direction} tidegate_buffered_bytes{pool,direction}
        tidegate_limits_hit_total{limit} tidegate_backend_up{pool,backend}
        tidegate_backend_connect_failures_total{pool,backend,reason} tidegate_backend_connect_duration_seconds{pool}
        tidegate_drain_remaining{} tidegate_requests_total{pool,code}
        tidegate_tls_certificate_not_after_timestamp_seconds{certificate} tidegate_worker_connections{worker}
        tidegate_streams_active{pool,kind} tidegate_request_duration_seconds{pool}
        tidegate_request_failures_total{route,reason} tidegate_backend_tls_handshake_duration_seconds{pool}
        tidegate_backend_connections_idle{pool} tidegate_backend_reuses_total{pool} tidegate_resolutions_total{result}
        tidegate_backend_state{pool,backend,state} tidegate_backend_slow_start_ratio{pool,backend}
        tidegate_pool_panic{pool} tidegate_pool_rebalancing{pool}
        process_cpu_seconds_total{} process_resident_memory_bytes{} process_open_fds{} process_max_fds{}
        process_start_time_seconds{}
        """.split { $0 == " " || $0 == "\n" }.map(String.init)

    @Test("every promised metric exists with its labels", arguments: promised)
    func promise(_ promised: String) {
        let known = MetricNames.all.map { "\($0.name){\($0.labels.joined(separator: ","))}" }
        #expect(known.contains(promised))
    }

    @Test("no name stands twice, counters end in _total, and nothing else does")
    func names() {
        #expect(Set(MetricNames.all.map(\.name)).count == MetricNames.all.count)
        for metric in MetricNames.all {
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(!metric.help.isEmpty && !metric.help.hasSuffix("."), "\(metric.name)")
            #expect(metric.name.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x5F }, "\(metric.name)")
        }
    }

    @Test("indices of hot labels are dense and in the order of their cases")
    func indices() {
        #expect(Direction.allCases.map(\.index) == Array(0..<2))
        #expect(Side.allCases.map(\.index) == Array(0..<3))
        #expect(Opcode.allCases.map(\.index) == Array(0..<6))
        #expect(StreamKind.allCases.map(\.index) == Array(0..<3))
        #expect(RefusalReason.allCases.map(\.position) == Array(0..<RefusalReason.width))
    }

    @Test("only the six opcodes of RFC 6455 are counted")
    func opcodes() {
        let known = (UInt8.min...UInt8.max).compactMap { Opcode(wire: $0) }
        #expect(known == [.continuation, .text, .binary, .close, .ping, .pong])
        #expect(Opcode(wire: 0x9) == .ping)
        #expect(Opcode(wire: 0xB) == nil)
    }

    @Test("A5: a word that no label knows becomes `other`, and finer words are gathered")
    func unknown() {
        #expect(RefusalReason(named: "bad_host") == .badHost)
        #expect(RefusalReason(named: "made_up") == .other)
        #expect(HandshakeResult(named: "made_up") == .other)
        #expect(TLSVersionLabel(named: "TLSv1.3") == .tls13)
        #expect(TLSVersionLabel(named: "SSLv3") == .none)
        #expect(UpgradeFailureReason(named: "backend_refused") == .backendRefused)
        #expect(UpgradeFailureReason(named: "backend_bad_status_line") == .backendInvalid)
        #expect(UpgradeFailureReason(named: "switch_accept") == .backendInvalid)
        #expect(UpgradeFailureReason(named: "websocket_key") == .badUpgrade)
        #expect(UpgradeFailureReason(named: "made_up") == .other)
        #expect(UpgradeFailureReason(named: "backend_tls") == .backendTLS)
        #expect(RequestFailureReason(named: "response_timeout") == .responseTimeout)
        #expect(RequestFailureReason(named: "bad_chunk_size") == .bodyInvalid)
        #expect(RequestFailureReason(named: "backend_bad_chunk_size") == .backendInvalid)
        #expect(RequestFailureReason(named: "websocket_key") == .badUpgrade)
        #expect(RequestFailureReason(named: "made_up") == .other)
    }

    @Test("an upgrade's reason to fail has the same word when a plain request fails for it", arguments: UpgradeFailureReason.allCases)
    func sameWords(_ reason: UpgradeFailureReason) {
        #expect(RequestFailureReason(reason).rawValue == reason.rawValue)
    }
}
