import Wire

extension Relaying {
    /// `side` sends no more. A second ending of the same side is a legitimate race (FIN, then RST) and only hardens it.
    public mutating func ended(_ side: Side, _ ending: Half.Ending, now: Moment) {
        if ending == .fin {
            guard !self[side].hasEnded else { return }
            self[side].hasEnded = true
            finished(side, now: now)
        } else if ending == .truncated && (self[side].hasClosed || self[side.other].hasClosed) {
            // Many TLS peers leave out close_notify after the closing handshake; nothing can be missing behind a Close.
            self[side].hasEnded = true
            finished(side, now: now)
        } else if !self[side].isDead {
            let cause: CloseReason.Cause =
                switch ending {
                case .truncated: .truncated
                case .tlsFailed: .tlsFailed
                default: .reset
                }
            died(side, cause, now: now)
        }
    }

    /// The proxy wants the tunnel to end: the client is told first, the backend after the client's answer, so that what the
    /// client had under way still arrives. Does nothing when the tunnel is already ending.
    public mutating func close(_ cause: CloseReason.Cause, now: Moment) {
        guard reason == nil else { return }
        let row = cause.row
        note(CloseReason(.proxy, cause, code: row.clientCode ?? .abnormal, text: row.text.bytes))
        shortenDeadline(to: now.after(rules.close))
        if canInject {
            propose(row.clientCode, toward: .client)
        }
        settle(now: now)
    }

    /// Our FIN toward `side` is on its way.
    public mutating func finDelivered(to side: Side, now: Moment) {
        self[side].finSent = true
        if !self[side].hasEnded { shortenDeadline(to: now.after(rules.halfClose)) }
        needsAttention = true
    }

    /// A Close frame went by. Returns whether it passes on to the other side.
    mutating func closeArrived(from side: Side, code: CloseCode, text: [UInt8], now: Moment) -> Bool {
        let isFirstOfSide = !self[side].hasClosed
        self[side].hasClosed = true
        note(CloseReason(side, .peerClosed, code: code, text: text))
        shortenDeadline(to: now.after(rules.halfClose))
        defer { settle(now: now) }
        if self[side].isMuted { return false }
        // An answer to our own Close: the other side hears ours instead of an echo of it.
        if self[side.other].isMuted && isFirstOfSide {
            propose(farewellCode(toward: side.other), toward: side.other)
            return false
        }
        if self[side.other].hasClosed { shortenDeadline(to: now.after(rules.close)) }
        self[side].hasPassedClose = true
        return true
    }

    /// A message larger than allowed begins here, on a boundary: it goes no further, and both sides are told.
    mutating func tooBig(from side: Side, now: Moment) {
        let row = CloseReason.Cause.messageTooBig.row
        note(CloseReason(.proxy, .messageTooBig, code: .tooBig, text: row.text.bytes))
        shortenDeadline(to: now.after(rules.close))
        propose(row.clientCode, toward: .client)
        propose(row.backendCode, toward: .backend)
        if self[side].pendingClose == nil { self[side].isMuted = true }
        settle(now: now)
    }

    /// Nothing more comes from `side`, nor can anything be sent to it.
    mutating func died(_ side: Side, _ cause: CloseReason.Cause, now: Moment) {
        let wasEnding = reason != nil
        let other = side.other
        let isExpected = self[side].hasClosed || self[other].isMuted
        note(CloseReason(side, cause))
        self[side].hasEnded = true
        self[side].isDead = true
        dropUnsendable(from: side)
        shortenDeadline(to: now.after(rules.close))
        let code = side == .backend ? cause.row.clientCode : cause.row.backendCode
        if isExpected || wasEnding {
            finished(side, now: now)
        } else if let code, canInject, self[side].isAtBoundary, !self[other].hasEnded {
            propose(code, toward: other)
            settle(now: now)
        } else {
            self[other].wantsReset = true
            settle(now: now)
        }
    }

    /// `side` has ended in good order.
    private mutating func finished(_ side: Side, now: Moment) {
        let other = side.other
        let closing = self[side].hasClosed || self[other].hasClosed || self[other].isMuted || self[side].isMuted
        note(CloseReason(side, .ended))
        dropUnsendable(from: side)
        if self[other].isMuted, !self[side].isMuted {
            propose(farewellCode(toward: other), toward: other)
        } else if side == .backend && !closing && !client.hasEnded {
            // The backend vanished without a Close; a client learns more from 1014 than from a bare FIN. One that ended first knows.
            propose(.badGateway, toward: .client)
        }
        shortenDeadline(to: now.after(closing ? rules.close : rules.halfClose))
        settle(now: now)
    }

    /// A side that ended inside a frame brings no boundary any more: what waits for one would keep the other side from its FIN.
    private mutating func dropUnsendable(from side: Side) {
        guard !self[side].mayReachBoundary else { return }
        self[side].pendingClose = nil
        self[side].pendingPing = false
        self[side].refreshStops()
    }

    /// A Close of ours toward `side`, unless it has heard one, from us or from the other side, or is gone, or no frame fits.
    private mutating func propose(_ code: CloseCode?, toward side: Side) {
        guard let code, canInject, !self[side.other].isMuted, !self[side].isDead, !self[side].finSent else { return }
        guard !self[side.other].hasPassedClose, self[side.other].mayReachBoundary else { return }
        self[side.other].pendingClose = code
        self[side.other].refreshStops()
    }

    private func farewellCode(toward side: Side) -> CloseCode? {
        guard let reason else { return nil }
        return side == .backend ? reason.row.backendCode ?? .goingAway : reason.row.clientCode ?? .goingAway
    }

    /// Decides which sides shall hear our FIN. Called after everything that can change the answer.
    mutating func settle(now: Moment) {
        for side in Side.allCases where !self[side].wantsFin && !self[side].isDead && mayFinish(side) {
            self[side].wantsFin = true
            needsAttention = true
        }
    }

    private func mayFinish(_ side: Side) -> Bool {
        let other = self[side.other]
        if other.pendingClose != nil { return false }
        // Our Close was answered, or will not be.
        if other.isMuted { return self[side].hasClosed || self[side].hasEnded }
        // FIN as FIN.
        if other.hasEnded { return true }
        // Ours to end, and no frame fits.
        return reason?.party == .proxy && !canInject
    }
}

extension StaticString {
    var bytes: [UInt8] { withUTF8Buffer { Array($0) } }
}
