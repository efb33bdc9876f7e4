import CLinux
import ControlPlane
import DataPlane
import Settings
import Telemetry
import Transport

/// A configuration being served: the log, the workers, the admin endpoint, and what reloads them.
final class Service: Sendable {
    let log: LogSink
    let writer: LogWriter
    let registry: MeterRegistry
    let health: ProcessHealth
    let reload: Reload
    let workers: WorkerGroup
    let keeper: Keeper
    let admin: AdminHandle?

    /// Starts everything, in this order: the log, the admin endpoint (which says that it is not ready), the workers. When one
    /// cannot be started, what was started is stopped again.
    ///
    /// - Parameter descriptors: the process's limit on open descriptors.
    init(_ preparation: Preparation, preparer: Preparer, descriptors: UInt64) throws(StartFailure) {
        let settings = preparation.settings
        let count = settings.workers ?? Processors.count
        cl_tune_malloc(Int32(clamping: count + 2))
        let log = Self.makeLog(settings.log)
        self.log = log
        writer = try Self.makeWriter(log, settings)
        registry = MeterRegistry(workers: count, version: Version.number, logLinesDropped: log.dropped)
        health = ProcessHealth(registry: registry, now: Clock.monotonic())
        reload = Reload(preparer: preparer, first: preparation, registry: registry, log: log)
        do throws(SystemError) {
            workers = try WorkerGroup(
                count: count, snapshot: reload.snapshot, registry: registry, log: log, descriptors: Int(clamping: descriptors))
        } catch {
            throw .system("the workers cannot be made: \(error)")
        }
        do throws(SystemError) {
            keeper = try Keeper(registry: registry, workers: workers, log: log, descriptors: Int(clamping: descriptors))
        } catch {
            throw .system("the keeper of the pools cannot be made: \(error)")
        }
        // Before the workers turn: they find each backend as the configuration wants it.
        keeper.adopt(reload.snapshot)
        admin = try Self.startAdmin(
            settings, at: settings.admin.map(preparer.place(of:)), source: health, pools: keeper, log: log)
        do throws(SystemError) {
            try workers.start()
            try keeper.start()
        } catch {
            workers.stop()
            keeper.stop()
            admin?.stop()
            throw .system("the workers' threads cannot be made: \(error)")
        }
        health.setReady(true)
    }

    /// Puts a snapshot into force everywhere.
    func adopt(_ snapshot: Snapshot) {
        keeper.adopt(snapshot)
        workers.adopt(snapshot)
    }

    /// For people and for systemd.
    var counts: String { "\(workers.tunnels) tunnels, \(workers.connections) connections" }

    private static func makeLog(_ settings: LogSettings) -> LogSink {
        let format: LogFormat =
            switch settings.format {
            case .text: .text
            case .json: .json
            case .auto: settings.file == nil ? LogTarget.automaticFormat(descriptor: 2) : .json
            }
        return LogSink(level: LogLevel(rawValue: settings.level.rawValue) ?? .info, format: format)
    }

    private static func makeWriter(_ log: LogSink, _ settings: Settings) throws(StartFailure) -> LogWriter {
        do throws(LogProblem) {
            return try LogWriter(sink: log, target: settings.log.file.map { .file($0) } ?? .descriptor(2))
        } catch {
            switch error {
            case .cannotOpen(let path, let code):
                throw .refused(Problems(errors: [Preparer.logProblem(path, code, of: settings)]))
            case .noThread(let code): throw .system("the log's thread cannot be made: \(SystemError(-code))")
            }
        }
    }

    private static func startAdmin(
        _ settings: Settings, at place: SourcePlace?, source: ProcessHealth, pools: Keeper, log: LogSink
    ) throws(StartFailure) -> AdminHandle? {
        guard let admin = settings.admin, let place, let bind = AdminBind(admin.bind) else { return nil }
        do {
            return try AdminHandle.start(bind: bind, token: admin.token?.bytes, source: source, pools: pools, log: log)
        } catch {
            let problem = Problem(
                at: place, message: "\(error)", remedy: "stop the process that has it, or choose another in `admin.bind`")
            throw .refused(Problems(errors: [problem]))
        }
    }
}

extension AdminBind {
    /// Nil for a socket of systemd's, which a valid configuration does not name here.
    init?(_ bind: BindAddress) {
        switch bind {
        case .ip(let address, let port): self = .ip(host: "\(address)", port: Int(port))
        case .unix(let path): self = .unix(path: path)
        case .systemd: return nil
        }
    }
}
