import Session
import Telemetry
import Transport
import Wire

/// Everything that ends a session without a tunnel: a backend's refusal passed on, and refusals of our own.
extension SessionDriver {
    /// How long a refused upgrade's answer may make no progress, and how long we listen after our last word.
    private static let answerPatience = Moment.Span(nanoseconds: 30_000_000_000)
    static let lingerPatience = Moment.Span(nanoseconds: 2_000_000_000)

    // MARK: The backend's answer

    func relayAnswer(_ head: ResponseHead) {
        guard let opening, let tunnel else { return finish() }
        phase = .answering
        opening.answeredAt = now
        tunnel.route.meter.upgradeFailure(.backendRefused)
        tunnel.cells.request(code: head.status)
        logRefused(status: head.status, reason: "backend_refused")
        if transmit(ResponseForwarding.refusedUpgrade(head), to: .client) != nil { return finish() }
        let rest = Array(opening.answer.dropFirst(head.length))
        opening.answer = []
        worker.schedule(clientSlot, at: now.after(Self.answerPatience))
        passBody(rest.span)
        if phase == .answering { refreshOpeningInterests() }
    }

    func readAnswerBody() {
        let received = backend.receive(into: worker.scratch, limit: worker.readLimit)
        if received.count > 0 {
            let bytes = UnsafeBufferPointer(
                start: worker.scratch.plain.assumingMemoryBound(to: UInt8.self), count: received.count)
            passBody(bytes.span)
        }
        if phase == .answering, let ending = received.ending { return answerEnded(ending) }
        if phase == .answering { refreshOpeningInterests() }
    }

    private func passBody(_ bytes: Span<UInt8>) {
        guard let opening else { return finish() }
        opening.answeredAt = now
        let (count, isDone): (Int, Bool)
        switch opening.exchange.answerBytes(bytes) {
        case .more(let passed): (count, isDone) = (passed, false)
        case .done(let passed): (count, isDone) = (passed, true)
        case .broken: return finish(reset: true)
        }
        let failure = bytes.extracting(0..<min(count, bytes.count)).withUnsafeBytes { transmit($0, to: .client) }
        if failure != nil { return finish() }
        if isDone { sayGoodbye() }
    }

    /// A body that ends with its connection is complete; any other is cut short, and the client must see that.
    func answerEnded(_ ending: Stream.Ending) {
        guard case .fin = ending, case .abandon(let reason) = opening?.exchange.backendEnded(), reason.description == "complete"
        else { return finish(reset: true) }
        sayGoodbye()
    }

    func answeringExpired() {
        guard let opening, now.since(opening.answeredAt) < Self.answerPatience.nanoseconds else { return finish(reset: true) }
        worker.schedule(clientSlot, at: opening.answeredAt.after(Self.answerPatience))
    }

    // MARK: Our own

    /// For grounds that the exchange cannot see.
    func refuseNow(_ refusal: Refusal) {
        guard let opening else { return finish() }
        perform(opening.exchange.refuse(refusal, opening.head))
    }

    func refuse(_ refusal: Refusal, head: RequestHead?) {
        if let route = opening?.route {
            route.meter.upgradeFailure(UpgradeFailureReason(named: refusal.reason))
        } else {
            listener.meter.worker(worker.handle.index).refused(RefusalReason(named: refusal.reason))
        }
        countLimit(refusal)
        if let head, opening?.head == nil { opening?.head = head }
        logRefused(status: refusal.status, reason: refusal.reason)
        let answer = ErrorAnswer.bytes(
            status: refusal.status, retryAfter: refusal.retryAfter, withBody: opening?.head?.method != .head)
        if transmit(answer, to: .client) != nil { return finish() }
        sayGoodbye()
    }

    private func countLimit(_ refusal: Refusal) {
        switch refusal.reason.description {
        case "head_too_large": worker.shared.registry.process.limitHit(.maxHead)
        case "too_many_headers": worker.shared.registry.process.limitHit(.maxHeaders)
        default: break
        }
    }

    func abandon(_ reason: StaticString) {
        if let route = opening?.route {
            route.meter.upgradeFailure(UpgradeFailureReason(named: reason))
        } else {
            // Who connects and leaves without a word (a port check, a browser's spare connection) was refused nothing.
            guard opening?.input.isEmpty == false || reason.description == "timeout" else { return finish() }
            listener.meter.worker(worker.handle.index).refused(RefusalReason(named: reason))
        }
        logRefused(status: 0, reason: reason)
        finish()
    }

    /// Everything is said: our FIN, then a while of listening.
    private func sayGoodbye() {
        dropBackend()
        phase = .lingering
        if client.end(scratch: worker.scratch) != nil { return finish() }
        opening?.answeredAt = now
        worker.schedule(clientSlot, at: now.after(client.backlog.isEmpty ? Self.lingerPatience : Self.answerPatience))
        refreshOpeningInterests()
    }

    /// A slow client gets the time its answer takes while it takes any of it; one that stopped sees that it has not all.
    func lingeringExpired() {
        guard !client.backlog.isEmpty else { return finish() }
        answeringExpired()
    }

    /// Reads and drops, so that the close that follows is a FIN and not a RST that could overtake our answer.
    func linger() {
        let received = client.receive(into: worker.scratch, limit: worker.scratch.capacity)
        guard received.ending != nil else { return }
        // Its FIN does not mean that it has all of our answer.
        if client.backlog.isEmpty { return finish() }
        setInterest(.client, .write)
    }

    /// What the backend was told, if it was told anything.
    private var sessionID: String {
        guard let id = opening?.requestID, !id.isEmpty else { return newRequestID() }
        return id
    }

    private func logRefused(status: UInt16, reason: StaticString) {
        worker.shared.log.emit(.info, "refused") { line in
            line.field("id", sessionID)
            line.field("client", peer.text)
            line.field("listener", listener.name)
            if let head = opening?.head {
                line.field("host", head.host?.bytes ?? [])
                line.target("path", path: head.target.path, query: head.target.query?[...])
            }
            if let tunnel {
                line.field("pool", tunnel.route.pool.name)
                line.field("backend", tunnel.backend.key.backend)
            }
            line.field("reason", reason)
            if status != 0 { line.field("status", status) }
        }
    }
}
