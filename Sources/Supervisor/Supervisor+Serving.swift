import CLinux
import ControlPlane
import DataPlane
import Transport

extension Supervisor {
    /// The loop: a signal, what has become of a reload, what is due, how far a drain is.
    func serve(_ service: Service) -> Int32 {
        act(on: conduct.started(), service)
        scheduleResolving(service)
        while true {
            let now = Clock.monotonic()
            let pause = pulse.pause(now: now, watchdog: manager.watchdog != nil, isDraining: drain != nil)
            if let signal = SignalQueue.wait(milliseconds: pause) {
                let action = conduct.took(signal)
                if action == .exitNow { return end(service, isForced: true) }
                act(on: action, service)
            }
            noticeReload(service)
            noticeResolving(service)
            beat(service)
            if let drain, service.workers.isDrained || drain.remaining(now: Clock.monotonic()) == 0 {
                return end(service, isForced: false)
            }
        }
    }

    private func act(on action: Conduct.Action, _ service: Service) {
        switch action {
        case .none, .exitNow: break
        case .startReload: startReload(service)
        case .ignoreReload: service.log.emit(.warn, "reload_ignored") { $0.field("reason", "a drain is under way") }
        case .beginDrain: beginDrain(service)
        case .reopenLog: service.writer.reopen()
        }
    }

    private func startReload(_ service: Service) {
        manager.reloading(now: Clock.monotonic())
        do throws(SystemError) {
            reloading = try Background.start("reload") {
                service.reload.run { service.adopt($0) }
            }
        } catch {
            service.log.emit(.error, "reload_failed") { $0.field("reason", "no thread can be made: \(error)") }
            service.registry.configurationRefused()
            finishReload(service)
        }
    }

    private func noticeReload(_ service: Service) {
        guard let outcome = reloading?.result else { return }
        reloading = nil
        switch outcome {
        case .accepted: refusal = ""
        case .refused(let problems): refusal = "; last reload refused, problems: \(problems.errors.count)"
        case .abandoned: break
        }
        // What the old configuration held goes back to the system.
        cl_trim_malloc()
        finishReload(service)
    }

    private func finishReload(_ service: Service) {
        // A reload has asked for all names.
        scheduleResolving(service)
        if drain == nil { manager.ready(status: service.counts + refusal) }
        act(on: conduct.readingEnded(), service)
    }

    /// What is done again and again: look at the workers, answer the watchdog, tell the counts.
    private func beat(_ service: Service) {
        let now = Clock.monotonic()
        if Pulse.isDue(&pulse.watchAt, every: Pulse.watch, now: now) {
            heartbeats.observe(service.workers.heartbeats, now: now)
            service.health.noteAllTurned(at: heartbeats.allTurned(now: now))
        }
        if pulse.rotateAt == .max { pulse.rotateAt = now.saturating(adding: Pulse.ticketKeys) }
        if Pulse.isDue(&pulse.rotateAt, every: Pulse.ticketKeys, now: now) { preparer.rotateTicketKeys() }
        if let watchdog = manager.watchdog, Pulse.isDue(&pulse.watchdogAt, every: watchdog / 2, now: now) {
            // Heartbeats are seen once a second and come once a second: less than three is no silence.
            let silence = now - min(now, heartbeats.allTurned(now: now))
            if silence < max(watchdog / 2, 3 * Pulse.watch) { manager.alive() }
        }
        if Pulse.isDue(&pulse.resolveAt, every: .max, now: now) { startResolving(service) }
        if Pulse.isDue(&pulse.reportAt, every: Pulse.report, now: now) { report(service, now: now) }
    }

    private func report(_ service: Service, now: UInt64) {
        if let drain { manager.extend(by: drain.remaining(now: now).saturating(adding: 2 * Pulse.report)) }
        // While a reload is under way, the status says so.
        guard reloading == nil else { return }
        let status = drain == nil ? service.counts + refusal : "draining: \(service.counts)"
        guard status != pulse.reported else { return }
        pulse.reported = status
        manager.status(status)
    }
}
