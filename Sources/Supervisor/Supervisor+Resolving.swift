import ControlPlane
import DataPlane
import Transport

/// Names of backends are asked for again when they are due, one round after the other, between reloads and until a drain begins.
extension Supervisor {
    /// The next round is due with the first name, if there is to be one.
    func scheduleResolving(_ service: Service, notBefore earliest: UInt64 = 0) {
        let due = drain == nil ? service.reload.nextResolving : nil
        pulse.resolveAt = due.map { max($0, earliest) } ?? .max
    }

    private static let resolvingPause: UInt64 = 5_000_000_000

    /// Begins a round, unless one is under way: the end of that one schedules the next.
    func startResolving(_ service: Service) {
        guard resolving == nil, drain == nil else { return }
        do throws(SystemError) {
            resolving = try Background.start("resolve") {
                service.reload.resolve { service.adopt($0) }
            }
        } catch {
            // A machine short of threads: tried again later, with the addresses in force until then.
            scheduleResolving(service, notBefore: Clock.monotonic().saturating(adding: Self.resolvingPause))
        }
    }

    /// Schedules the next round once one has ended.
    func noticeResolving(_ service: Service) {
        guard resolving?.result != nil else { return }
        resolving = nil
        scheduleResolving(service)
    }
}
