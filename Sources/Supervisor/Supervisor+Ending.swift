import ControlPlane
import DataPlane
import Transport

extension Supervisor {
    /// How long the parts of the process are given at its end, in nanoseconds.
    private struct Patience {
        /// The workers, to leave once they were told to stop.
        let workers: UInt64
        /// The admin endpoint, to answer what is under way.
        let admin: UInt64
        /// The log, to be written.
        let log: UInt64

        static let usual = Patience(workers: 2_000_000_000, admin: 2_000_000_000, log: 2_000_000_000)
        /// Somebody said that it is urgent: less than a second for all together.
        static let urgent = Patience(workers: 400_000_000, admin: 150_000_000, log: 300_000_000)
    }

    /// Not ready from this moment; no new connection; Closes spread over the period. No reload comes into force any more.
    func beginDrain(_ service: Service) {
        service.health.setReady(false)
        service.reload.close()
        let settings = service.reload.settings
        let progress = DrainProgress(
            now: Clock.monotonic(), period: settings.drain.period, close: settings.timeouts.close)
        drain = progress
        let remaining = progress.remaining(now: progress.began).saturating(adding: Patience.usual.workers)
        manager.stopping(status: "draining: \(service.counts)", remaining: remaining)
        service.log.emit(.info, "drain_started") { line in
            line.field("tunnels", service.workers.tunnels)
            line.field("connections", service.workers.connections)
            line.seconds("period", nanoseconds: settings.drain.period.nanoseconds)
        }
        service.workers.drain(period: settings.drain.period)
    }

    /// Cuts what is left, and gives the exit status: a failure when tunnels were cut.
    func end(_ service: Service, isForced: Bool) -> Int32 {
        service.health.setReady(false)
        service.reload.close()
        var patience = isForced ? Patience.urgent : Patience.usual
        let left = service.workers.tunnels
        service.workers.stop()
        let began = Clock.monotonic()
        while !service.workers.hasStopped, Clock.monotonic() < began.saturating(adding: patience.workers) {
            if SignalQueue.wait(milliseconds: 5) == .drain { patience = .urgent }
        }
        let cut = max(left, service.workers.cutTunnels)
        service.log.emit(cut == 0 ? .info : .warn, "drain_ended") { line in
            line.field("cut", cut)
            line.field("forced", isForced)
            if let drain { line.seconds("duration", nanoseconds: drain.elapsed(now: Clock.monotonic())) }
        }
        service.admin?.stop(nanoseconds: patience.admin)
        // Checks that are under way are no reason to stay.
        if !isForced { service.keeper.stop() }
        service.writer.stop(nanoseconds: patience.log)
        return cut == 0 ? ExitStatus.success : ExitStatus.failure
    }
}
