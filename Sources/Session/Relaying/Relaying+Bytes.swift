import Wire

extension Relaying {
    /// What to do with the next stretch of bytes.
    public enum Piece: Sendable, Equatable {
        /// Send these to the other side.
        case forward(Range<Int>)
        /// Send this frame of ours to the other side.
        case inject(Injection)
        /// Keep the bytes from here on, and bring them again in front of the next read: a frame's beginning, at most 139 bytes.
        case hold(from: Int)
        case done
    }

    /// Walks over bytes that `side` sent, from `offset`, which it moves on. Bytes that are to go nowhere are passed over.
    public mutating func next(from side: Side, _ bytes: Span<UInt8>, at offset: inout Int, now: Moment) -> Piece {
        while true {
            let start = offset
            // Both sides are spelled out on this path: an accessor that yields a whole `Half` costs more than the scan.
            let advance: FrameScanner.Advance
            let goesOn: Bool
            switch side {
            case .client:
                advance = client.scanner.advance(bytes, from: offset, stops: client.stops)
                goesOn = !client.isMuted && !backend.isDead && !backend.finSent
            case .backend:
                advance = backend.scanner.advance(bytes, from: offset, stops: backend.stops)
                goesOn = !backend.isMuted && !client.isDead && !client.finSent
            }
            offset = advance.end
            if case .end = advance.stop { return start == offset || !goesOn ? .done : .forward(start..<offset) }
            if let piece = stopped(side, advance, bytes, start: start, offset: &offset, now: now) { return piece }
        }
    }

    /// Everything but plain payload. nil: walk on from `offset`.
    private mutating func stopped(
        _ side: Side, _ advance: FrameScanner.Advance, _ bytes: Span<UInt8>, start: Int, offset: inout Int, now: Moment
    ) -> Piece? {
        let before: Piece? = start == advance.end || self[side].isMuted ? nil : .forward(start..<advance.end)
        switch advance.stop {
        case .end:
            return before ?? .done
        case .incomplete:
            if let before { return before }
            offset = bytes.count
            return .hold(from: advance.end)
        case .boundary:
            if let before { return before }
            if let injection = takeInjection(from: side, now: now) { return .inject(injection) }
            return nil
        case .close(let length):
            let close = ControlFrame.readClose(bytes, at: advance.end)
            offset = advance.end + length
            let passes = closeArrived(from: side, code: close.code, text: close.reason, now: now)
            guard passes else { return before }
            return .forward(start..<offset)
        case .pong(let length):
            offset = advance.end + length
            let isOurs = ControlFrame.isPong(bytes, at: advance.end, answering: self[side].pingTag)
            guard isOurs else { return self[side].isMuted ? nil : .forward(start..<offset) }
            pongArrived(from: side, now: now)
            return before
        case .tooBig:
            tooBig(from: side, now: now)
            return before
        case .lost:
            framingLost(now: now)
            return before
        }
    }

    /// Asked when `side` ends while bytes of it are held: whether they pass, as they are. If so they are the beginning of a
    /// frame that stays unfinished, and nothing of ours fits behind them.
    public mutating func passesHeldBytes(of side: Side) -> Bool {
        guard !self[side].isMuted else { return false }
        self[side].endsInsideFrame = true
        return true
    }

    /// A frame of ours that may go toward `side` now, between two reads.
    public mutating func injection(toward side: Side, now: Moment) -> Injection? {
        let sender = side.other
        guard self[sender].stops.atBoundary, self[sender].isAtBoundary, !self[side].isDead, !self[side].finSent else {
            return nil
        }
        return takeInjection(from: sender, now: now)
    }

    /// Takes what waits for a boundary in `sender`'s stream; a Close goes before a ping and makes it void.
    private mutating func takeInjection(from sender: Side, now: Moment) -> Injection? {
        defer { self[sender].refreshStops() }
        if let code = self[sender].pendingClose {
            self[sender].pendingClose = nil
            self[sender].pendingPing = false
            self[sender].isMuted = true
            needsAttention = true
            shortenDeadline(to: now.after(rules.close))
            settle(now: now)
            return .close(code, reason: reason?.cause ?? .internalError)
        }
        guard self[sender].pendingPing else { return nil }
        self[sender].pendingPing = false
        self[sender.other].pingSentAt = now
        self[sender.other].awaitsPong = true
        self[sender.other].isPongOverdue = false
        self[sender.other].stops.atPong = true
        return .ping
    }

    /// Both directions pass unread from here on; what waited for a boundary will never have one.
    private mutating func framingLost(now: Moment) {
        for side in Side.allCases {
            self[side].pendingClose = nil
            self[side].pendingPing = false
            self[side].stops.atBoundary = false
            forgetPing(of: side)
        }
        needsAttention = true
        settle(now: now)
    }
}
