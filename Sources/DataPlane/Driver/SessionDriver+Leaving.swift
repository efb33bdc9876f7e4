import Session

/// Leaving a backend at a quiet moment.
extension SessionDriver {
    /// How often a tunnel's moment is put off, and by how much, while data passes.
    private static let mostPostponements: UInt8 = 3
    private static let pause: UInt64 = 1_000_000_000

    /// The tunnel may not live past this moment; called once it is one.
    func mayLive(until moment: Moment) {
        leave.livesUntil = moment
        reschedule()
    }

    /// Told to close at `moment` by a drain of its backend or by rebalancing; an earlier moment stands. Whom rebalancing has told is
    /// the drain's in any case: it has an end.
    func leave(_ condition: BackendCondition, at moment: Moment, latest: Moment, cause: CloseReason.Cause) {
        guard mayBeTold(cause, at: moment) else { return }
        // No pause is waited for past a moment that knew none.
        leave.began(from: condition, latest: retireCause.waitsForQuiet ? latest : .earlier(latest, retireAt))
        retire(at: .earlier(retireAt, moment), cause: cause)
    }

    /// Whether it has no moment yet, or one that a drain's takes the place of.
    func mayBeTold(_ cause: CloseReason.Cause, at moment: Moment) -> Bool {
        guard isLongLived, isRetiring else { return isLongLived }
        guard retireAt != .never, cause.isDrainOfBackend, !retireCause.isDrainOfBackend else { return false }
        return retireCause == .rebalance || retireAt > moment
    }

    /// Its moment has come, or the end of its life. With data in the last second it is put off by one, a few times: a client that is in
    /// the middle of something loses more than one that says nothing.
    func retireTunnel() {
        let (isTold, isOld) = (retireAt <= now, leave.livesUntil <= now)
        guard isTold || isOld else { return }
        let cause = isTold ? retireCause : .lifetime
        let next = now.after(Moment.Span(nanoseconds: Self.pause))
        if !relaying.isEnding, cause.waitsForQuiet, leave.postponements < Self.mostPostponements, next <= leave.latest,
            now.since(relaying.lastMessageAt) < Self.pause
        {
            leave.postponements += 1
            // The other reason may be called off, and this one stands all the same.
            if isTold { retireAt = next }
            if isOld { leave.livesUntil = next }
            return
        }
        (retireAt, leave.livesUntil) = (.never, .never)
        relaying.close(cause, now: now)
    }

    /// When data passed last. Of an event stream that is not known: it counts as just now.
    var lastActivity: UInt64 { (phase == .relaying ? relaying.lastMessageAt : now).nanoseconds }
}
