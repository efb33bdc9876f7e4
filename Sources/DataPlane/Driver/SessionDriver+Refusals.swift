import Session
import Telemetry
import Transport
import Wire

/// Answers of the proxy's own, and the polite end of a connection after them.
extension SessionDriver {
    /// How long we listen after our last word, so that it arrives.
    static let lingerPatience = Moment.Span(nanoseconds: 2_000_000_000)
    /// How long a client may take nothing of what waits for it then.
    private static let answerPatience = Moment.Span(nanoseconds: 30_000_000_000)

    /// For grounds that the exchange cannot see.
    func refuseNow(_ refusal: Refusal) {
        guard let current else { return finish() }
        perform(current.exchange.refuse(refusal, current.head))
    }

    func refuse(_ refusal: Refusal, head: RequestHead?) {
        if let head, current?.head == nil { current?.head = head }
        countRefusal(refusal.reason)
        countLimit(refusal)
        tell(status: refusal.status, refusal.reason)
        let answer = ErrorAnswer.bytes(
            status: refusal.status, retryAfter: refusal.retryAfter, requestID: sessionID, withBody: !isHead,
            edits: current?.route?.responseEdits ?? [])
        if transmit(answer, to: .client) != nil { return finish() }
        sayGoodbye()
    }

    /// Known by its first bytes where the head was refused before it was whole.
    private var isHead: Bool {
        guard let head = current?.head else { return current?.inputBegins(with: "HEAD ") == true }
        return head.method == .head
    }

    private func countRefusal(_ reason: StaticString) {
        guard let route = current?.route else {
            return listener.meter.worker(worker.handle.index).refused(RefusalReason(named: reason))
        }
        if current?.exchange.isUpgrade == true {
            route.meter.upgradeFailure(UpgradeFailureReason(named: reason))
        } else {
            route.meter.requestFailure(RequestFailureReason(named: reason))
        }
    }

    private func countLimit(_ refusal: Refusal) {
        switch refusal.reason.description {
        case "head_too_large": worker.shared.registry.process.limitHit(.maxHead)
        case "too_many_headers": worker.shared.registry.process.limitHit(.maxHeaders)
        default: break
        }
    }

    /// Ends without an answer, or in the middle of one, so that nobody takes it for whole.
    func abandon(_ reason: StaticString) {
        guard let current else { return finish() }
        switch reason.description {
        // A connection that was not used again, and a stream that has nothing to say, are ended as if all were said.
        case "keep_alive": return sayGoodbye()
        case "idle" where current.exchange.farewell != nil: return sayFarewell(current)
        default: break
        }
        if current.route == nil {
            // Who connects and leaves without a word (a port check, a browser's spare connection) was refused nothing.
            let saidNothing = current.waiting == 0 && current.head == nil
            guard !saidNothing || (reason.description == "timeout" && !current.exchange.isLater) else { return finish() }
        }
        // An upgrade that was refused by its backend has been told.
        if !(current.exchange.isUpgrade && current.status != 0) {
            countRefusal(reason)
            tell(status: current.status, reason)
        }
        finish(reset: current.status != 0)
    }

    // MARK: Answers that need no backend

    func redirect(_ head: RequestHead, _ port: UInt16) {
        guard let current else { return finish() }
        guard let answer = RedirectAnswer.bytes(head, port: port, requestID: sessionID) else {
            return refuseNow(Refusal(400, "bad_host"))
        }
        let status: UInt16 = head.method == .get || head.method == .head ? 301 : 308
        _ = current.exchange.refuse(Refusal(status, "redirect"), head)
        logRequest(status: status, reason: "redirect", current)
        if transmit(answer, to: .client) != nil { return finish() }
        sayGoodbye()
    }

    func answerFixed(_ respond: RespondRuntime, _ head: RequestHead) {
        guard let current else { return finish() }
        let closes = closesAfter(current)
        let answer = FixedResponse.bytes(
            status: respond.answer.status, contentType: respond.answer.contentType, body: respond.answer.body,
            method: head.method, closes: closes, edits: respond.edits, requestID: sessionID)
        logRequest(status: UInt16(clamping: respond.answer.status), reason: "respond", route: respond.name, current)
        _ = current.exchange.refuse(Refusal(UInt16(clamping: respond.answer.status), "respond"), head)
        if answer.withUnsafeBytes({ transmitToReader($0, .client) }) != nil { return finish() }
        if closes { sayGoodbye() } else { nextExchange(after: current) }
    }

    // MARK: The end

    /// Everything is said: our FIN, then a while of listening.
    func sayGoodbye() {
        leaveLine()
        dropBackend()
        leaveKind(current)
        phase = .lingering
        if client.end(scratch: worker.scratch) != nil { return finish() }
        // Nobody is there to be heard any more.
        if hasClientEnded, client.backlog.isEmpty { return finish() }
        took(.client)
        worker.schedule(clientSlot, at: now.after(client.backlog.isEmpty ? Self.lingerPatience : Self.answerPatience))
        refreshExchangeInterests(current)
    }

    /// A connection that asks for nothing, in a drain.
    func leaveAtOnce() {
        guard client.backlog.isEmpty else { return sayGoodbye() }
        _ = client.end(scratch: worker.scratch)
        finish()
    }

    /// A slow client gets the time its answer takes while it takes any of it; one that stopped sees that it has not all.
    func lingeringExpired() {
        guard let current, !client.backlog.isEmpty else { return finish() }
        lookAtReaders()
        guard now.since(current.client.tookAt) < Self.answerPatience.nanoseconds else { return finish(reset: true) }
        worker.schedule(clientSlot, at: current.client.tookAt.after(Self.answerPatience))
    }

    /// Reads and drops, so that the close that follows is a FIN and not a RST that could overtake our answer.
    func linger() {
        let received = client.receive(into: worker.scratch, limit: worker.scratch.capacity)
        guard received.ending != nil else { return }
        // Its FIN does not mean that it has all of our answer.
        if client.backlog.isEmpty { return finish() }
        hasClientEnded = true
        refreshExchangeInterests(current)
    }

    /// What the backend was told, if it was told anything.
    private var sessionID: RequestID {
        let id = current?.requestID ?? newRequestID()
        current?.requestID = id
        return id
    }

    /// One line: a plain request that found its pool has its own.
    private func tell(status: UInt16, _ reason: StaticString) {
        if let current, current.route != nil, !current.exchange.isUpgrade {
            accountRequest(status: status, reason: reason)
        } else {
            logRefused(status: status, reason: reason)
        }
    }

    func logRefused(status: UInt16, reason: StaticString, detail: StaticString? = nil) {
        worker.log.emit(.info, "refused") { line in
            line.field("id", sessionID.text)
            line.field("client", peer.text)
            line.field("listener", listener.name)
            if let head = current?.head {
                line.field("host", head.host?.bytes ?? [])
                line.target("path", path: head.target.path, query: head.target.query?[...])
            }
            if let tunnel {
                line.field("pool", tunnel.route.pool.name)
                line.field("backend", tunnel.backend.key.backend)
            }
            line.field("reason", reason)
            if let detail { line.field("detail", detail) }
            if status != 0 { line.field("status", status) }
        }
    }
}
