import ControlPlane
import DataPlane
import Transport

extension Supervisor {
    /// How long the workers are given to leave once they were told to stop, in nanoseconds.
    private static let parting: UInt64 = 2_000_000_000
    /// How long the log may take to be written at the end, in nanoseconds.
    private static let lastLines: UInt64 = 2_000_000_000

    /// Not ready from this moment; no new connection; Closes spread over the period. No reload comes into force any more.
    func beginDrain(_ service: Service) {
        service.health.setReady(false)
        service.reload.close()
        let settings = service.reload.settings
        let progress = DrainProgress(
            now: Clock.monotonic(), period: settings.drain.period, close: settings.timeouts.close)
        drain = progress
        manager.stopping(
            status: "draining: \(service.counts)", remaining: progress.remaining(now: progress.began).saturating(adding: Self.parting))
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
        let left = service.workers.tunnels
        service.workers.stop()
        let deadline = Clock.monotonic().saturating(adding: Self.parting)
        while !service.workers.hasStopped, Clock.monotonic() < deadline { _ = SignalQueue.wait(milliseconds: 5) }
        let cut = max(left, service.workers.cutTunnels)
        service.log.emit(cut == 0 ? .info : .warn, "drain_ended") { line in
            line.field("cut", cut)
            line.field("forced", isForced)
            if let drain { line.seconds("duration", nanoseconds: drain.elapsed(now: Clock.monotonic())) }
        }
        service.admin?.stop(seconds: 2)
        service.writer.stop(nanoseconds: Self.lastLines)
        return cut == 0 ? ExitStatus.success : ExitStatus.failure
    }
}
