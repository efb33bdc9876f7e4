extension Relaying {
    /// What holds a side back at the moment of a check.
    public struct Pressure: Sendable {
        /// We read from this side.
        public var clientIsReadable: Bool
        public var backendIsReadable: Bool

        public init(clientIsReadable: Bool, backendIsReadable: Bool) {
            self.clientIsReadable = clientIsReadable
            self.backendIsReadable = backendIsReadable
        }
    }

    /// The time has come that `nextCheck` named. Being called early does no harm.
    public mutating func expired(now: Moment, pressure: Pressure) {
        if deadline <= now {
            giveUp(now: now)
            return
        }
        if rules.idle.isBounded, reason == nil, now.since(lastMessageAt) >= rules.idle.nanoseconds {
            close(.idle, now: now)
        }
        checkPing(.client, isReadable: pressure.clientIsReadable, now: now)
        checkPing(.backend, isReadable: pressure.backendIsReadable, now: now)
    }

    /// When to call `expired` next. Mutating for the reason that `isOver` is.
    public mutating func nextCheck(now: Moment) -> Moment {
        var next = deadline
        if rules.pingInterval.isBounded, reason == nil, canInject {
            next = min(next, min(client.nextPingCheck(rules, now: now), backend.nextPingCheck(rules, now: now)))
        }
        if rules.idle.isBounded && reason == nil { next = min(next, lastMessageAt.after(rules.idle)) }
        return next
    }

    /// Patience is over. A backend on a boundary still hears why; then both sockets are closed.
    private mutating func giveUp(now: Moment) {
        note(CloseReason(.proxy, .halfCloseTimeout))
        if canInject, client.isAtBoundary, !client.isMuted, !client.hasPassedClose, !backend.isDead, !backend.finSent {
            client.pendingClose = reason?.row.backendCode ?? .goingAway
            client.refreshStops()
        }
        isForcedOver = true
        needsAttention = true
    }

    /// Ends it now, whatever the state: a second signal, or the end of a drain.
    public mutating func cut(_ cause: CloseReason.Cause) {
        note(CloseReason(.proxy, cause))
        isForcedOver = true
    }
}
