import Session
import Telemetry

/// A drain under way on one worker.
struct Drain {
    let began: Moment
    let period: Moment.Span
}

extension Worker {
    /// Stops accepting and gives every tunnel and event stream its moment within the period.
    func beginDrain(over period: Moment.Span) {
        guard drain == nil else { return }
        drain = Drain(began: now, period: period)
        unwatchListeners()
        dropAllKept()
        refuseWaitingUpgrades()
        let all = sessions.values
        for session in all { session.drainBegan() }
        pace(all.filter(\.isLongLived), cause: .drain, over: period)
        // Requests under way have the whole period; who still waits for an answer then is told to come again.
        for session in all where !session.isLongLived && session.current?.kind != nil {
            session.retire(at: now.after(period), cause: .drain)
        }
    }

    /// After a reload: tunnels whose route or backend is gone get their moment; those whose way came back are let live.
    func retireTunnels() {
        guard drain == nil else { return }
        let period = Moment.Span(snapshot.settings.drain.period)
        let end = now.after(period)
        var retired: [CloseReason.Cause: [SessionDriver]] = [:]
        var reprieved: [SessionDriver] = []
        for session in sessions.values where session.isLongLived {
            if let cause = session.removal {
                // Who leaves for another reason, but later than this one allows, leaves for this one.
                if !session.isRetiring || (session.retireAt != .never && session.retireAt > end) {
                    retired[cause, default: []].append(session)
                }
            } else if session.retireAt != .never, session.retireCause.isRemoval {
                session.reprieve()
                reprieved.append(session)
            }
        }
        for (cause, sessions) in retired { pace(sessions, cause: cause, over: period) }
        shedAgain(reprieved)
    }

    /// A tunnel that opened while its way was being taken away, or that stays at a backend whose drain was called off.
    ///
    /// - Parameter since: the snapshot it was routed by just now: while that is the worker's, all its ways are there.
    func retireIfRemoved(_ session: SessionDriver, since: Snapshot? = nil) {
        if drain != nil {
            pace([session], cause: .drain, over: Moment.Span(nanoseconds: 0))
        } else if since !== snapshot, let cause = session.removal {
            pace([session], cause: cause, over: Moment.Span(snapshot.settings.drain.period))
        } else {
            shedAgain([session])
        }
    }

    /// One equal slice of the period each, and a random place within it: even, and never two workers in step.
    private func pace(_ sessions: [SessionDriver], cause: CloseReason.Cause, over period: Moment.Span) {
        let slice = period.nanoseconds / UInt64(max(1, sessions.count))
        for (index, session) in sessions.shuffled(using: &random).enumerated() {
            let offset = slice &* UInt64(index) &+ (slice > 0 ? random.next(upperBound: slice) : 0)
            session.leave.isOver()
            session.retire(at: now.after(Moment.Span(nanoseconds: offset)), cause: cause)
        }
    }
}

extension CloseReason.Cause {
    /// A reload's doing, which the next one may undo.
    var isRemoval: Bool { self == .routeRemoved || self == .backendRemoved }
}
