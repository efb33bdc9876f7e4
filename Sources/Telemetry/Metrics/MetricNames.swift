/// Every metric this program exposes. Names are promises to dashboards and alerts: extend, never rename.
public enum MetricNames {
    public static let buildInfo = MetricDefinition(
        "tidegate_build_info", .gauge, "Always 1; the label tells the version that runs", labels: ["version"])
    public static let configReloads = MetricDefinition(
        "tidegate_config_reloads_total", .counter, "Reloads of the configuration, by result", labels: ["result"])
    public static let configLastReloadSuccessful = MetricDefinition(
        "tidegate_config_last_reload_successful", .gauge, "1 if the last load of the configuration was accepted, else 0")
    public static let configLastReloadTime = MetricDefinition(
        "tidegate_config_last_reload_success_timestamp_seconds", .gauge,
        "When a configuration was last accepted, in Unix time")

    public static let connectionsActive = MetricDefinition(
        "tidegate_connections_active", .gauge, "Client connections open now", labels: ["listener"])
    public static let connections = MetricDefinition(
        "tidegate_connections_total", .counter, "Client connections accepted", labels: ["listener"])
    public static let connectionsRefused = MetricDefinition(
        "tidegate_connections_refused_total", .counter,
        "Connections and requests refused before a route was found, by reason", labels: ["listener", "reason"])
    public static let tlsHandshakes = MetricDefinition(
        "tidegate_tls_handshakes_total", .counter, "TLS handshakes with clients, by result, version and resumption",
        labels: ["listener", "result", "version", "resumed"])

    public static let tunnelsActive = MetricDefinition(
        "tidegate_tunnels_active", .gauge, "Tunnels open now", labels: ["route", "pool", "backend"])
    public static let tunnels = MetricDefinition(
        "tidegate_tunnels_total", .counter, "Tunnels opened", labels: ["route", "pool", "backend"])
    public static let upgradeFailures = MetricDefinition(
        "tidegate_upgrade_failures_total", .counter, "Requests that found a route but became no tunnel, by reason",
        labels: ["route", "reason"])
    public static let upgradeDuration = MetricDefinition(
        "tidegate_upgrade_duration_seconds", .histogram, "Time from a connection's accept to the 101 sent to the client",
        labels: ["pool"])
    public static let tunnelDuration = MetricDefinition(
        "tidegate_tunnel_duration_seconds", .histogram, "How long tunnels lived", labels: ["pool"])
    public static let closes = MetricDefinition(
        "tidegate_closes_total", .counter,
        "Tunnels that ended, by the side that ended them and its close code (1006 for none)",
        labels: ["pool", "side", "code"])
    public static let bytes = MetricDefinition(
        "tidegate_bytes_total", .counter, "Bytes of tunnels and of bodies that were relayed, framing included",
        labels: ["pool", "direction"])
    public static let messages = MetricDefinition(
        "tidegate_messages_total", .counter, "Messages and control frames relayed through tunnels, by opcode; fragments count once",
        labels: ["pool", "direction", "opcode"])
    public static let pingRTT = MetricDefinition(
        "tidegate_ping_rtt_seconds", .histogram, "Time from a ping of the proxy to its pong", labels: ["pool", "side"])
    public static let flowControlPauses = MetricDefinition(
        "tidegate_flow_control_pauses_total", .counter,
        "Times reading from one side stopped because the other did not keep up", labels: ["pool", "direction"])
    public static let bufferedBytes = MetricDefinition(
        "tidegate_buffered_bytes", .gauge, "Bytes held for a side that does not keep up", labels: ["pool", "direction"])
    public static let limitsHit = MetricDefinition(
        "tidegate_limits_hit_total", .counter, "Times a limit was reached", labels: ["limit"])

    public static let backendUp = MetricDefinition(
        "tidegate_backend_up", .gauge, "1 while a backend takes part in balancing, else 0", labels: ["pool", "backend"])
    public static let backendState = MetricDefinition(
        "tidegate_backend_state", .gauge, "1 for the state that a backend is in, 0 for the others", labels: ["pool", "backend", "state"])
    public static let backendChecks = MetricDefinition(
        "tidegate_backend_checks_total", .counter, "Checks of a backend, by result", labels: ["pool", "backend", "result"])
    public static let backendCheckDuration = MetricDefinition(
        "tidegate_backend_check_duration_seconds", .histogram, "Time a check took, failed ones too", labels: ["pool"])
    public static let backendEjections = MetricDefinition(
        "tidegate_backend_ejections_total", .counter, "Times a backend was ejected because live traffic failed there",
        labels: ["pool", "backend"])
    public static let backendSlowStart = MetricDefinition(
        "tidegate_backend_slow_start_ratio", .gauge, "Part of its weight that a backend has in the choice, below 1 while it starts slowly",
        labels: ["pool", "backend"])
    public static let backendDrainingTunnels = MetricDefinition(
        "tidegate_backend_draining_tunnels", .gauge,
        "Tunnels and event streams of a backend that were told to close and are still there", labels: ["pool", "backend"])
    public static let rebalancedTunnels = MetricDefinition(
        "tidegate_rebalanced_tunnels_total", .counter, "Tunnels told to close because their backend had more than its share",
        labels: ["pool"])
    public static let poolRebalancing = MetricDefinition(
        "tidegate_pool_rebalancing", .gauge, "1 while tunnels of the fullest backends are being closed to make the pool level",
        labels: ["pool"])
    public static let poolPanic = MetricDefinition(
        "tidegate_pool_panic", .gauge, "1 while so few backends are well that all that are ready are used", labels: ["pool"])
    public static let backendConnectFailures = MetricDefinition(
        "tidegate_backend_connect_failures_total", .counter, "Dials to a backend that gave no connection, by reason",
        labels: ["pool", "backend", "reason"])
    public static let backendConnectDuration = MetricDefinition(
        "tidegate_backend_connect_duration_seconds", .histogram, "Time a successful dial to a backend took",
        labels: ["pool"])
    public static let backendTLSDuration = MetricDefinition(
        "tidegate_backend_tls_handshake_duration_seconds", .histogram, "Time a successful TLS handshake with a backend took",
        labels: ["pool"])
    public static let backendConnectionsIdle = MetricDefinition(
        "tidegate_backend_connections_idle", .gauge, "Connections to backends kept for the next request", labels: ["pool"])
    public static let backendReuses = MetricDefinition(
        "tidegate_backend_reuses_total", .counter, "Requests that went out on a connection kept from an earlier one",
        labels: ["pool"])
    public static let resolutions = MetricDefinition(
        "tidegate_resolutions_total", .counter, "Names of backends that were looked up, by result", labels: ["result"])

    public static let queueLength = MetricDefinition(
        "tidegate_queue_length", .gauge, "Requests that wait for a place in a full pool now", labels: ["pool"])
    public static let queueWait = MetricDefinition(
        "tidegate_queue_wait_seconds", .histogram, "How long requests waited for a place in a full pool, whatever came of it",
        labels: ["pool"])

    public static let requests = MetricDefinition(
        "tidegate_requests_total", .counter, "Plain requests, and upgrades that a backend refused, by the status of the answer",
        labels: ["pool", "code"])
    public static let requestDuration = MetricDefinition(
        "tidegate_request_duration_seconds", .histogram, "Time from a request's head to the end of its answer", labels: ["pool"])
    public static let requestFailures = MetricDefinition(
        "tidegate_request_failures_total", .counter,
        "Requests that found a route and were answered with an error by the proxy, or cut, by reason", labels: ["route", "reason"])
    public static let streamsActive = MetricDefinition(
        "tidegate_streams_active", .gauge,
        "Requests under way now: waiting for their answer (long_poll), event streams (sse), other answers (body)",
        labels: ["pool", "kind"])

    public static let drainRemaining = MetricDefinition(
        "tidegate_drain_remaining", .gauge, "Tunnels and streams that a running drain has still to end")
    public static let certificateNotAfter = MetricDefinition(
        "tidegate_tls_certificate_not_after_timestamp_seconds", .gauge,
        "When a certificate in use expires, in Unix time", labels: ["certificate"])
    public static let workerConnections = MetricDefinition(
        "tidegate_worker_connections", .gauge, "Client connections held by a worker now", labels: ["worker"])
    public static let logLinesDropped = MetricDefinition(
        "tidegate_log_lines_dropped_total", .counter, "Log lines lost because their output did not take them in time")
    public static let internalErrors = MetricDefinition(
        "tidegate_internal_errors_total", .counter, "States that should not be reachable; each ended one connection")

    public static let processCPU = MetricDefinition(
        "process_cpu_seconds_total", .counter, "Processor time used, user and system, in seconds")
    public static let processResidentMemory = MetricDefinition(
        "process_resident_memory_bytes", .gauge, "Resident memory in bytes")
    public static let processVirtualMemory = MetricDefinition(
        "process_virtual_memory_bytes", .gauge, "Virtual memory in bytes")
    public static let processOpenDescriptors = MetricDefinition(
        "process_open_fds", .gauge, "Open file descriptors")
    public static let processMaxDescriptors = MetricDefinition(
        "process_max_fds", .gauge, "Most file descriptors this process may have open")
    public static let processStartTime = MetricDefinition(
        "process_start_time_seconds", .gauge, "When the process started, in Unix time")

    /// All of them, in the order in which they are exposed.
    public static let all: [MetricDefinition] = [
        buildInfo, configReloads, configLastReloadSuccessful, configLastReloadTime,
        connectionsActive, connections, connectionsRefused, tlsHandshakes,
        tunnelsActive, tunnels, upgradeFailures, upgradeDuration, tunnelDuration, closes, bytes, messages, pingRTT,
        flowControlPauses, bufferedBytes, limitsHit,
        backendUp, backendState, backendChecks, backendCheckDuration, backendEjections, backendSlowStart, backendDrainingTunnels,
        rebalancedTunnels, poolRebalancing, poolPanic, backendConnectFailures, backendConnectDuration, backendTLSDuration,
        backendConnectionsIdle, backendReuses,
        resolutions, queueLength, queueWait, requests, requestDuration, requestFailures, streamsActive,
        drainRemaining, certificateNotAfter, workerConnections, logLinesDropped, internalErrors,
        processCPU, processResidentMemory, processVirtualMemory, processOpenDescriptors, processMaxDescriptors,
        processStartTime,
    ]
}
