import Balancing
import Session
import Telemetry
import Wire

/// What a session sees of its backend, for those who eject. Nothing is told in pools that eject nobody.
extension SessionDriver {
    /// A failure is always told; a success only while there is something that it could clear.
    func report(_ kind: PassiveReport.Kind) {
        guard let tunnel, tunnel.route.pool.ejection != nil else { return }
        let condition = tunnel.backend.condition
        switch kind {
        case .failed: condition.wasUnwell = true
        case .succeeded: guard condition.wasUnwell else { return }
        }
        worker.shared.registry.reports.post(PassiveReport(tunnel.backend.key, kind, at: now.nanoseconds))
    }

    /// A dial gave no connection. What this machine lacks is nobody's failure but ours.
    func reportDial(_ reason: ConnectFailureReason) {
        switch reason {
        case .descriptors, .addresses: break
        default: report(.failed)
        }
    }

    /// A backend has answered an upgrade with a status of its own. 502 and 504 say that what it needs behind it is gone, and what
    /// `retry.statuses` names is a failure by configuration; all others prove it alive.
    func reportStatus(_ status: UInt16, isRetried: Bool) {
        report(isRetried || status == 502 || status == 504 ? .failed : .succeeded)
    }

    /// What came of an upgrade's answer, before it is done: an answer that makes no sense, or none, is the backend's failure. Plain
    /// requests tell of it only what a dial does: a client could ask again and again for the one page that fails.
    func reportAnswer(_ action: Exchange.Action, _ current: ExchangeState) {
        guard current.exchange.isUpgrade, case .refuse(let refusal, _) = action else { return }
        switch refusal.status {
        case 502: report(.failed)
        // A client that took long to ask leaves its backend no time: that is not held against it.
        case 504 where backend.isOpen && now.since(current.dialStartedAt) >= current.snapshot.connect.nanoseconds: report(.failed)
        default: break
        }
    }

    // MARK: Tunnels

    /// A tunnel opened: its backend has `early_death` to let it die.
    func awaitProof(_ tunnel: TunnelRecord) {
        guard let rules = tunnel.route.pool.ejection else { return }
        guard let earlyDeath = rules.earlyDeath else { return report(.succeeded) }
        tunnel.provedAt = now.after(Moment.Span(nanoseconds: earlyDeath))
    }

    /// It has lived long enough.
    func proved() {
        tunnel?.provedAt = .never
        if !relaying.isEnding { report(.succeeded) }
    }

    /// It is over. Too soon, and by the backend's doing?
    func reportEnd(_ tunnel: TunnelRecord, _ reason: CloseReason) {
        guard let rules = tunnel.route.pool.ejection, reason.isBackendsDeath,
            rules.isEarlyDeath(lived: now.since(tunnel.openedAt))
        else { return }
        report(.failed)
    }
}

extension CloseReason {
    /// The backend went without a Close, or with one that says it cannot serve (1011 to 1014).
    var isBackendsDeath: Bool {
        guard party == .backend else { return false }
        return cause != .peerClosed || (1011...1014).contains(code.rawValue)
    }
}
