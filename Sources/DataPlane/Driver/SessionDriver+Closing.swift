import Session
import Telemetry
import Transport
import Wire

/// Everything about a tunnel that is rarer than a message.
extension SessionDriver {
    /// A side's stream came to its end. What it had begun to say passes first.
    func ended(_ side: Session.Side, _ ending: Stream.Ending) {
        let held = side.isClient ? heldFromClient : heldFromBackend
        if !held.isEmpty, relaying.passesHeldBytes(of: side), relaying.hears(side.other) {
            if side.isClient { heldFromClient = [] } else { heldFromBackend = [] }
            if let failure = transmit(held, to: side.other) { relaying.ended(side.other, Self.ending(failure), now: now) }
        }
        relaying.ended(side, Self.ending(ending), now: now)
    }

    private static func ending(_ ending: Stream.Ending) -> Half.Ending {
        switch ending {
        case .fin: .fin
        case .truncated: .truncated
        case .reset: .reset
        case .tls: .tlsFailed
        }
    }

    /// Does what the machine wants done, until it wants nothing more.
    func settle() {
        var rounds = 0
        repeat {
            rounds += 1
            relaying.attentionPaid()
            for side in [Session.Side.client, .backend] {
                while let injection = relaying.injection(toward: side, now: now) { inject(injection, toward: side) }
            }
            if let trip = relaying.takeRoundTrip() {
                tunnel?.cells.pingRTT(side: trip.side == .client ? .client : .backend, nanoseconds: trip.nanoseconds)
            }
            if relaying.client.wantsReset || relaying.backend.wantsReset { return finish(reset: true) }
            sayFarewells()
            if relaying.isForcedOver || (relaying.isOver && isFlushed(.client) && isFlushed(.backend)) { return finish() }
        } while relaying.needsAttention && rounds < 32
        refreshInterests()
        reschedule()
    }

    private func sayFarewells() {
        for side in [Session.Side.client, .backend] {
            let isDue =
                side.isClient
                ? relaying.client.wantsFin && !relaying.client.finSent && !relaying.client.isDead
                : relaying.backend.wantsFin && !relaying.backend.finSent && !relaying.backend.isDead
            guard isDue else { continue }
            relaying.finDelivered(to: side, now: now)
            // The last one to hear it is closed at once, if nothing waits for the other.
            let closes = relaying.isOver && isFlushed(side.other)
            let failure =
                side.isClient
                ? client.end(scratch: worker.scratch, closes: closes) : backend.end(scratch: worker.scratch, closes: closes)
            if let failure { relaying.ended(side, Self.ending(failure), now: now) }
        }
    }

    private func isFlushed(_ side: Session.Side) -> Bool {
        side.isClient ? relaying.client.isDead || client.isFarewellSent : relaying.backend.isDead || backend.isFarewellSent
    }

    /// Puts a frame of our own into the stream toward `side`, at a boundary.
    func inject(_ injection: Injection, toward side: Session.Side) {
        let mask: UInt32? = side == .backend ? worker.random.next() : nil
        let frame: [UInt8]
        switch injection {
        case .ping:
            let tag: UInt64 = worker.random.next()
            relaying.pinged(side, tag: tag)
            frame = ControlFrame.ping(tag: tag, mask: mask)
        case .close(let code, let cause):
            frame = ControlFrame.close(code, reason: cause.row.text, mask: mask)
        }
        if let failure = transmit(frame, to: side) { ended(side, failure) }
        reschedule()
    }

    func relayExpired() {
        if min(retireAt, leave.livesUntil) <= now { retireTunnel() }
        if let tunnel, tunnel.provedAt <= now { proved() }
        let pressure = Relaying.Pressure(
            clientIsReadable: client.interest.contains(.read) && client.backlog.isEmpty && !isClientBulk,
            backendIsReadable: backend.interest.contains(.read) && backend.backlog.isEmpty && !isBackendBulk)
        relaying.expired(now: now, pressure: pressure)
        if !client.backlog.isEmpty { relaying.unanswered(by: .client, for: client.unanswered, now: now) }
        if !backend.backlog.isEmpty { relaying.unanswered(by: .backend, for: backend.unanswered, now: now) }
        if relaying.needsAttention {
            settle()
        } else {
            reschedule()
        }
    }

    func reschedule() {
        guard phase == .relaying else { return }
        var next = Moment.earlier(relaying.nextCheck(now: now), Moment.earlier(retireAt, leave.livesUntil))
        if let tunnel { next = .earlier(next, tunnel.provedAt) }
        worker.schedule(clientSlot, at: next)
    }

    // MARK: Drains

    var isRetiring: Bool { retireAt != .never || (phase == .relaying ? relaying.isEnding : current?.isRetired == true) }

    /// The tunnel or stream shall be closed at that moment.
    func retire(at moment: Moment, cause: CloseReason.Cause) {
        if phase == .exchanging {
            retireAt = moment
            retireCause = cause
            return current.map { arm($0) } ?? ()
        }
        guard phase == .relaying, !relaying.isEnding else { return }
        retireAt = moment
        retireCause = cause
        reschedule()
    }

    /// The reason for which it was told is gone before its moment. Others may hold: its worker asks for them then.
    func reprieve() {
        guard retireAt != .never else { return }
        retireAt = .never
        leave.isCalledOff()
        reschedule()
    }

    /// The process drains: connections that have said nothing go now, requests under way get their answer.
    func drainBegan() {
        if phase == .relaying || current?.kind != nil {
            worker.shared.registry.process.moveDrainRemaining(by: 1)
            countsInDrain = true
        }
        switch phase {
        case .proxyHeader, .tlsAwaited, .tlsHeld, .tlsHandshake: break
        case .exchanging where current?.isAwaitingHead == true && current?.waiting == 0: break
        case .exchanging, .relaying, .lingering, .over: return
        }
        // Its request may be under way: a moment, so that it hears an answer and not a RST.
        let moment = now.after(Moment.Span(nanoseconds: 1_000_000_000))
        current?.armedAt = moment
        worker.schedule(clientSlot, at: moment)
    }
}
