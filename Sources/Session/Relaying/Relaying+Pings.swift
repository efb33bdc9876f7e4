extension Relaying {
    /// Bytes came from `side`. The one thing stored per read; deadlines look at it when they expire.
    public mutating func heard(from side: Side, now: Moment) {
        switch side {
        case .client: client.heardAt = now
        case .backend: backend.heardAt = now
        }
    }

    /// The driver sent the ping that `injection` or `next` asked for, with this tag, toward `side`.
    public mutating func pinged(_ side: Side, tag: UInt64) { self[side].pingTag = tag }

    mutating func pongArrived(from side: Side, now: Moment) {
        roundTrip = (side, now.since(self[side].pingSentAt))
        forgetPing(of: side)
        needsAttention = true
    }

    /// Asks for a ping toward a side that has been silent, and finds a peer dead that left one unanswered.
    ///
    /// - Parameter isReadable: false while we hold back our reading of that side, so that its silence is our own doing, or
    ///   while bytes for it still wait, so that a ping would only wait behind them.
    mutating func checkPing(_ side: Side, isReadable: Bool, now: Moment) {
        guard rules.pingInterval.isBounded, reason == nil, canInject, !self[side].hasEnded else { return }
        guard isReadable else {
            self[side].isPongOverdue = false
            return
        }
        if self[side].awaitsPong {
            guard now.since(self[side].pingSentAt) >= rules.pingTimeout.nanoseconds else { return }
            if self[side].heardAt > self[side].pingSentAt {
                self[side].awaitsPong = false
            } else if self[side].isPongOverdue {
                died(side, .pingTimeout, now: now)
            } else {
                // The answer may lie in the socket, where we have not looked since reading was resumed: one more check.
                self[side].isPongOverdue = true
            }
        } else if !self[side.other].pendingPing, now.since(self[side].heardAt) >= rules.pingInterval.nanoseconds {
            self[side.other].pendingPing = true
            self[side.other].refreshStops()
            needsAttention = true
        }
    }

    /// A ping would wait behind data that `side` does not take, so its system is asked instead of the peer itself: it has not
    /// acknowledged anything for `silence` nanoseconds. A slow reader's system does.
    public mutating func unanswered(by side: Side, for silence: UInt64, now: Moment) {
        guard rules.pingInterval.isBounded, reason == nil, !self[side].isDead else { return }
        let (patience, overflow) = rules.pingInterval.nanoseconds.addingReportingOverflow(rules.pingTimeout.nanoseconds)
        guard !overflow, silence >= patience, now.since(self[side].heardAt) >= patience else { return }
        died(side, .pingTimeout, now: now)
    }

    mutating func forgetPing(of side: Side) {
        self[side].pingTag = 0
        self[side].awaitsPong = false
        self[side].isPongOverdue = false
        self[side].stops.atPong = false
    }
}

extension Half {
    /// When this side is to be asked, or to have answered. Mutating for the reason that `Relaying.isOver` is.
    mutating func nextPingCheck(_ rules: TunnelRules, now: Moment) -> Moment {
        guard !hasEnded else { return .never }
        let due = awaitsPong ? pingSentAt.after(rules.pingTimeout) : heardAt.after(rules.pingInterval)
        // A check that could not act (the side is held back, or a ping waits for a boundary) comes again, but not at once.
        return due > now ? due : now.after(Moment.Span(nanoseconds: 1_000_000_000))
    }
}
