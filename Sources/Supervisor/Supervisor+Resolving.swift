import ControlPlane
import DataPlane
import Transport

/// Names of backends are asked for again, one round after the other, between reloads and until a drain begins.
extension Supervisor {
    /// The next round is due one interval from now, if there is to be one.
    func scheduleResolving(_ service: Service) {
        let now = Clock.monotonic()
        let interval = drain == nil ? service.reload.resolvingInterval : nil
        pulse.resolveAt = interval.map { now.saturating(adding: $0.nanoseconds) } ?? .max
    }

    /// Begins a round, unless one is under way: the end of that one schedules the next.
    func startResolving(_ service: Service) {
        guard resolving == nil, drain == nil else { return }
        do throws(SystemError) {
            resolving = try Background.start("resolve") {
                service.reload.resolve { service.workers.adopt($0) }
            }
        } catch {
            // A machine short of threads: tried again an interval later, with the addresses in force until then.
            scheduleResolving(service)
        }
    }

    /// Schedules the next round once one has ended.
    func noticeResolving(_ service: Service) {
        guard resolving?.result != nil else { return }
        resolving = nil
        scheduleResolving(service)
    }
}
