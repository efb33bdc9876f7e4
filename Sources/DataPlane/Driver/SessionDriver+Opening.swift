import Session
import TLS
import Telemetry
import Transport
import Wire

/// What comes before the first request: the PROXY protocol, and TLS.
extension SessionDriver {
    /// An event on a socket of a session that is no tunnel.
    func exchangeReady(_ side: Session.Side, _ event: Epoll.Event) {
        defer { settleExchange() }
        if let used = worker.usedState.take() { worker.spareState = used }
        if event.isWritable, backlogCount(side) > 0, !flushExchange(side) { return }
        switch (phase, side) {
        case (.proxyHeader, .client): if event.isReadable { readProxyHeader() }
        case (.tlsAwaited, .client): if event.isReadable { phase = worker.beginsHandshake(event, clientSlot) ? .tlsHandshake : .tlsHeld }
        case (.tlsHandshake, .client): if event.isReadable { worker.postpone(event) }
        case (.exchanging, .client):
            if event.isReadable, client.interest.reads { readClient() } else if event.isBroken { clientBroke() }
        case (.exchanging, .backend): backendReady(event)
        case (.lingering, .client): if event.isReadable { linger() }
        default: break
        }
    }

    /// Once for each event, whatever it led to: the next deadline, and what to watch for.
    func settleExchange() {
        guard phase != .relaying, phase != .over else { return }
        guard let current else { return refreshExchangeInterests(nil) }
        if phase == .exchanging { arm(current) }
        refreshExchangeInterests(current)
    }

    /// The kernel has room again. False when that ended the session.
    private func flushExchange(_ side: Session.Side) -> Bool {
        let before = backlogCount(side)
        if let failure = side.isClient ? client.flush() : backend.flush() {
            if phase == .lingering {
                finish()
            } else if side.isClient {
                abandon("client_closed")
            } else {
                requestSendFailed(failure)
            }
            return phase != .over
        }
        if backlogCount(side) < before { took(side) }
        if !side.isClient, backend.backlog.isEmpty { current?.exchange.backendTook(now: now) }
        if phase == .lingering, client.backlog.isEmpty {
            // A client that had ended already was only waited for until it had our whole answer.
            if !client.interest.reads {
                finish()
                return false
            }
            worker.schedule(clientSlot, at: now.after(Self.lingerPatience))
        }
        if phase == .exchanging, side.isClient { serveInput() }
        return phase != .over
    }

    // MARK: The PROXY protocol

    private func readProxyHeader() {
        guard let current else { return finish() }
        let received = client.receivePreface(into: worker.scratch, limit: ProxyPreface.wanted(after: current.input))
        current.append(UnsafeRawBufferPointer(start: worker.scratch.plain, count: received.count))
        guard received.ending == nil else { return proxyHeaderFailed("client_closed") }
        guard received.count > 0 else { return }
        let header: ProxyHeader
        do throws(ProxyHeaderError) {
            let input = current.input
            guard let parsed = try ProxyHeaderParser.parse(input.span) else { return }
            header = parsed
        } catch {
            return proxyHeaderFailed(error.reason)
        }
        _ = current.takeInput()
        // A connection that the proxy in front made for itself (LOCAL) keeps that proxy's name.
        if let source = header.source { peer = PeerName(ip: source.ip, port: source.port) }
        phase = listener.tls == nil ? .exchanging : .tlsAwaited
    }

    private func proxyHeaderFailed(_ reason: StaticString) {
        listener.meter.worker(worker.handle.index).refused(.proxyProtocol)
        logRefused(status: 0, reason: "proxy_protocol", detail: reason)
        finish()
    }

    // MARK: TLS

    /// There is room for its handshake now; what it has said is reported with the next wait. False when it did not wait for that.
    func handshakeMayBegin() -> Bool {
        guard phase == .tlsHeld else { return false }
        phase = .tlsHandshake
        settleExchange()
        return true
    }

    /// The event was put off until the tunnels of its turn were served.
    func handshakeReady(_ event: Epoll.Event) {
        guard phase == .tlsHandshake else { return }
        continueTLS()
        settleExchange()
    }

    private func continueTLS() {
        var received = Stream.Received()
        switch client.handshake(into: worker.scratch, received: &received) {
        case .underway: break
        case .failed(.tls(let reason)): tlsFailed(reason.label)
        case .failed: tlsFailed(TLSFailure.unexpectedEOF.label)
        case .complete:
            let negotiated = client.negotiated()
            listener.meter.worker(worker.handle.index).tlsHandshake(
                result: .ok, version: TLSVersionLabel(named: negotiated?.version ?? "none"),
                resumed: negotiated?.isResumed ?? false)
            phase = .exchanging
            worker.handshakeEnded(clientSlot)
            clientSaid(received)
        }
    }

    func tlsFailed(_ label: StaticString) {
        listener.meter.worker(worker.handle.index).tlsHandshake(
            result: HandshakeResult(named: label), version: .none, resumed: false)
        listener.meter.worker(worker.handle.index).refused(.tlsHandshake)
        worker.log.emit(.info, "refused") { line in
            line.field("id", newRequestID().text)
            line.field("client", peer.text)
            line.field("listener", listener.name)
            line.field("reason", "tls_handshake")
            line.field("tls_failure", label)
        }
        finish()
    }
}
