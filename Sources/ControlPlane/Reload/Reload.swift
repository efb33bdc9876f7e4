import DataPlane
import Settings
import Synchronization
import Telemetry

/// Replaces the configuration in force by a new reading of its source: all of it, or nothing.
///
/// What is the same before and after is not touched: listening sockets stay, tunnels whose route and backend are still there do
/// not notice. A refused reload leaves everything as it was and tells every problem in the log.
public final class Reload: Sendable {
    /// How a reload ended.
    public enum Outcome: Sendable {
        case accepted(ReloadDifference)
        case refused(Problems)
        /// A drain began while it was prepared: nothing was changed, and nothing is counted.
        case abandoned
    }

    struct State: Sendable {
        var preparation: Preparation
        var snapshot: Snapshot
        var isClosed = false
    }

    let preparer: Preparer
    let registry: MeterRegistry
    let log: LogSink
    let state: Mutex<State>
    private let running: Settings

    /// Puts the first configuration into force: its snapshot and meters are made, its certificates shown.
    public init(preparer: Preparer, first preparation: Preparation, registry: MeterRegistry, log: LogSink) {
        self.preparer = preparer
        self.registry = registry
        self.log = log
        running = preparation.settings
        let snapshot = Snapshot.build(
            settings: preparation.serving, listeners: preparation.listeners, backends: preparation.backends,
            registry: registry, previous: nil)
        state = Mutex(State(preparation: preparation, snapshot: snapshot))
        show(preparation, snapshot, isReload: false)
    }

    /// The settings in force, as configured; `snapshot` has those with pools as they serve.
    public var settings: Settings { state.withLock { $0.preparation.settings } }

    /// The snapshot in force.
    public var snapshot: Snapshot { state.withLock { $0.snapshot } }

    /// Reads, prepares and swaps. Blocks while files are read and names resolved, so it is called on a thread of its own;
    /// two calls at once are one too many.
    ///
    /// - Parameter adopt: hands the new snapshot to the workers, and returns at once; called at most once.
    public func run(adopt: (Snapshot) -> Void) -> Outcome {
        let previous = state.withLock { $0.preparation }
        switch preparer.prepare(previous: previous) {
        case .failure(let problems): return refuse(problems)
        case .success(let preparation): return commit(preparation, replacing: previous, adopt: adopt)
        }
    }

    /// From now on no reload and no answer of a name server comes into force, those under way included.
    public func close() {
        state.withLock { $0.isClosed = true }
    }

    private func commit(
        _ preparation: Preparation, replacing previous: Preparation, adopt: (Snapshot) -> Void
    ) -> Outcome {
        let isCommitted = state.withLock { state in
            guard !state.isClosed else { return false }
            let snapshot = Snapshot.build(
                settings: preparation.serving, listeners: preparation.listeners, backends: preparation.backends,
                registry: registry, previous: state.snapshot)
            state.preparation = preparation
            state.snapshot = snapshot
            adopt(snapshot)
            show(preparation, snapshot, isReload: true)
            return true
        }
        guard isCommitted else { return .abandoned }
        let difference = ReloadDifference(from: previous.settings, to: preparation.settings)
        if let level = LogLevel(rawValue: preparation.settings.log.level.rawValue) { log.setLevel(level) }
        ReloadLog.warnings(preparation.warnings, to: log)
        let keys = ReloadDifference.needingRestart(running: running, new: preparation.settings)
        ReloadLog.accepted(difference, needingRestart: keys, to: log)
        return .accepted(difference)
    }

    private func refuse(_ problems: Problems) -> Outcome {
        let isClosed = state.withLock { $0.isClosed }
        guard !isClosed else { return .abandoned }
        // Told before it is counted: whoever sees the metric move finds the reasons in the log.
        ReloadLog.refused(problems, to: log)
        registry.configurationRefused()
        return .refused(problems)
    }

    private func show(_ preparation: Preparation, _ snapshot: Snapshot, isReload: Bool) {
        registry.retain(only: snapshot.configuredNames)
        registry.setCertificates(preparation.certificates)
        count(preparation.lookups)
        registry.configurationAccepted(atUnixSeconds: WallClock.unixSeconds, isReload: isReload)
    }
}
