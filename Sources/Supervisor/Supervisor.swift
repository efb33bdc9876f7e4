import CLinux
import ControlPlane
import DataPlane
import Settings
import Transport

/// The main thread of a serving process: it takes signals, watches the workers, answers systemd, and ends it all.
///
/// It never waits for a disk, a name server or a lock of a worker; what may take long is done by a ``Background``.
public final class Supervisor {
    enum Begun {
        case configured(Service)
        case failed(StartFailure)
    }

    let manager: ServiceManager
    let preparer: Preparer
    let descriptors: UInt64
    let onReady: () -> Void
    var conduct = Conduct()
    var heartbeats = HeartbeatWatch()
    var reloading: Background<Reload.Outcome>?
    var resolving: Background<Reload.Resolution>?
    var drain: DrainProgress?
    var pulse = Pulse()
    /// What systemd's status line adds after a refused reload.
    var refusal = ""

    private init(
        manager: ServiceManager, preparer: Preparer, descriptors: UInt64, onReady: @escaping () -> Void
    ) {
        self.manager = manager
        self.preparer = preparer
        self.descriptors = descriptors
        self.onReady = onReady
    }

    /// Serves until told to stop, and gives the exit status. Called once, on the main thread, before any thread is made: it
    /// blocks the signals it takes, for good.
    ///
    /// - Parameter onReady: called once connections are taken.
    public static func run(_ source: ConfigurationSource, onReady: @escaping () -> Void = {}) -> Int32 {
        SignalQueue.block()
        let manager = ServiceManager()
        let (sockets, closed) = ServiceManager.inheritedSockets()
        let supervisor = Supervisor(
            manager: manager, preparer: Preparer(source: source, inherited: sockets),
            descriptors: cl_raise_descriptor_limit(), onReady: onReady)
        do throws(StartFailure) {
            guard let preparation = try supervisor.prepare() else { return ExitStatus.success }
            let service = try Service(preparation, preparer: supervisor.preparer, descriptors: supervisor.descriptors)
            supervisor.tellStart(of: service, preparation, closed: closed + sockets.closeRest())
            return supervisor.serve(service)
        } catch {
            manager.status("not started")
            error.report()
            return ExitStatus.failure
        }
    }

    /// The first configuration, prepared in the background so that a signal to end is obeyed meanwhile; nil after one.
    private func prepare() throws(StartFailure) -> Preparation? {
        let preparing: Background<Result<Preparation, Problems>>
        do throws(SystemError) {
            preparing = try Background.start("prepare") { [preparer] in preparer.prepare() }
        } catch {
            throw .system("no thread can be made: \(error)")
        }
        while true {
            if let result = preparing.result {
                do throws(Problems) { return try result.get() } catch { throw .refused(error) }
            }
            if let signal = SignalQueue.wait(milliseconds: 1000), conduct.took(signal) == .exitNow { return nil }
        }
    }

    private func tellStart(of service: Service, _ preparation: Preparation, closed: [String]) {
        ReloadLog.warnings(preparation.warnings, to: service.log)
        for name in closed {
            service.log.emit(.warn, "socket_unused") { $0.field("name", name) }
        }
        service.log.emit(.info, "started") { line in
            line.field("version", Version.number)
            line.field("workers", service.registry.workers)
            line.field("listeners", preparation.listeners.map { "\($0.settings.bind)" }.joined(separator: " "))
            if let admin = preparation.settings.admin { line.field("admin", "\(admin.bind)") }
            line.field("descriptors", descriptors)
        }
        manager.ready(status: service.counts)
        onReady()
    }
}
