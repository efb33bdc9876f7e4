import Synchronization
import Telemetry

/// Finds or makes every meter by name. For the control plane only: a worker gets its meters inside a snapshot.
///
/// Pools' meters live as long as the registry, so that the cells in a tunnel never point to freed memory. Other meters go
/// when they are no longer configured, nothing of theirs is open, and nobody else holds them.
public final class MeterRegistry: Sendable {
    /// How many workers each meter has cells for.
    public let workers: Int
    /// The version shown by `tidegate_build_info`.
    public let version: String
    /// Counters of the process as a whole.
    public let process: ProcessMeter
    /// What the workers see of backends, on its way to whoever ejects them.
    public let reports = PassiveReports()
    let state: Mutex<State>

    struct State: Sendable {
        var pools: [String: PoolMeter] = [:]
        var backends: [BackendKey: BackendMeter] = [:]
        var conditions: [BackendKey: BackendCondition] = [:]
        var tunnels: [TunnelKey: TunnelMeter] = [:]
        var routes: [String: RouteMeter] = [:]
        var listeners: [String: ListenerMeter] = [:]
        /// nil until ``MeterRegistry/retain(only:)`` is first called: everything counts as configured.
        var configured: ConfiguredNames?
        var reload = ReloadFacts()
    }

    /// Fewer than one worker is taken as one.
    public init(workers: Int, version: String = "unknown", logLinesDropped: SharedCounter = SharedCounter()) {
        self.workers = max(1, workers)
        self.version = version
        process = ProcessMeter(workers: workers, logLinesDropped: logLinesDropped)
        state = Mutex(State())
    }

    public func pool(_ name: String) -> PoolMeter {
        state.withLock { Self.find(name, &$0.pools) { PoolMeter(name: name, workers: workers) } }
    }

    public func backend(pool: String, label: String) -> BackendMeter {
        let key = BackendKey(pool: pool, backend: label)
        return state.withLock { Self.find(key, &$0.backends) { BackendMeter(key: key) } }
    }

    /// How a backend stands. Lives as long as its meter.
    public func condition(pool: String, label: String) -> BackendCondition {
        let key = BackendKey(pool: pool, backend: label)
        return state.withLock { Self.find(key, &$0.conditions) { BackendCondition(key: key) } }
    }

    public func tunnel(route: String, pool: String, backend: String) -> TunnelMeter {
        let key = TunnelKey(route: route, pool: pool, backend: backend)
        return state.withLock { Self.find(key, &$0.tunnels) { TunnelMeter(key: key, workers: workers) } }
    }

    public func route(_ name: String) -> RouteMeter {
        state.withLock { Self.find(name, &$0.routes) { RouteMeter(name: name) } }
    }

    public func listener(_ name: String) -> ListenerMeter {
        state.withLock { Self.find(name, &$0.listeners) { ListenerMeter(name: name, workers: workers) } }
    }

    /// A configuration was put into force: what it does not name is forgotten as soon as it is idle.
    public func retain(only names: ConfiguredNames) {
        state.withLock {
            $0.configured = names
            $0.prune()
        }
    }

    /// A configuration was accepted, at start (`isReload` false, not counted as a reload) or later.
    public func configurationAccepted(atUnixSeconds seconds: Double, isReload: Bool) {
        state.withLock {
            if isReload { $0.reload.successes &+= 1 }
            $0.reload.lastSucceeded = true
            $0.reload.lastSuccess = seconds
        }
    }

    /// A reload was refused; everything stays as it was.
    public func configurationRefused() {
        state.withLock {
            $0.reload.failures &+= 1
            $0.reload.lastSucceeded = false
        }
    }

    /// The certificates now in use, replacing those told before: label (the path as configured) to expiry in Unix seconds.
    public func setCertificates(_ notAfter: [String: Double]) {
        state.withLock { $0.reload.certificates = notAfter }
    }

    private static func find<Key: Hashable, Meter>(
        _ key: Key, _ meters: inout [Key: Meter], make: () -> Meter
    ) -> Meter {
        if let known = meters[key] { return known }
        let meter = make()
        meters[key] = meter
        return meter
    }
}
