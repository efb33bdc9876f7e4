import Session
import TLS
import Telemetry
import Transport
import Wire

/// From the accept to the backend's choice: TLS, the request's head, the route.
extension SessionDriver {
    func openingReady(_ side: Session.Side, _ event: Epoll.Event) {
        if event.isWritable, backlogCount(side) > 0 {
            let failure = side == .client ? client.flush() : backend.flush()
            if failure != nil { return side == .client ? finish() : backendFailed() }
            opening?.answeredAt = now
            if phase == .lingering, client.backlog.isEmpty { worker.schedule(clientSlot, at: now.after(Self.lingerPatience)) }
            // A client that had ended already was only waited for until it had our whole answer.
            if phase == .lingering, client.backlog.isEmpty, !client.interest.reads { return finish() }
            refreshOpeningInterests()
        }
        switch (phase, side) {
        case (.tlsHandshake, .client): if event.isReadable { continueTLS() }
        case (.opening, .client): if event.isReadable { readRequest() }
        case (.opening, .backend): backendReady(event)
        case (.answering, .backend): if event.isReadable { readAnswerBody() }
        case (.answering, .client): if event.isBroken { finish() }
        case (.lingering, .client): if event.isReadable { linger() }
        default: break
        }
    }

    // MARK: TLS

    private func continueTLS() {
        var received = Stream.Received()
        switch client.handshake(into: worker.scratch, received: &received) {
        case .underway: refreshOpeningInterests()
        case .failed(.tls(let reason)): tlsFailed(reason.label)
        case .failed: tlsFailed(TLSFailure.unexpectedEOF.label)
        case .complete:
            let negotiated = client.negotiated()
            listener.meter.worker(worker.handle.index).tlsHandshake(
                result: .ok, version: TLSVersionLabel(named: negotiated?.version ?? "none"),
                resumed: negotiated?.isResumed ?? false)
            phase = .opening
            refreshOpeningInterests()
            requestReceived(received)
        }
    }

    func tlsFailed(_ label: StaticString) {
        listener.meter.worker(worker.handle.index).tlsHandshake(
            result: HandshakeResult(named: label), version: .none, resumed: false)
        listener.meter.worker(worker.handle.index).refused(.tlsHandshake)
        worker.shared.log.emit(.info, "refused") { line in
            line.field("id", newRequestID())
            line.field("client", peer.text)
            line.field("listener", listener.name)
            line.field("reason", "tls_handshake")
            line.field("tls_failure", label)
        }
        finish()
    }

    // MARK: The request

    private func readRequest() {
        guard let opening else { return }
        let limit = opening.head == nil ? worker.scratch.capacity : earlyDataRoom(opening)
        guard limit > 0 else { return }
        requestReceived(client.receive(into: worker.scratch, limit: limit))
    }

    private func requestReceived(_ received: Stream.Received) {
        guard let opening else { return }
        if received.count > 0 {
            opening.input.append(contentsOf: UnsafeRawBufferPointer(start: worker.scratch.plain, count: received.count))
        }
        if received.ending != nil {
            // A client that ends before the 101 is gone: there is nobody to open a tunnel for.
            return perform(opening.exchange.clientEnded())
        }
        guard received.count > 0 else { return }
        if opening.head == nil {
            let input = opening.input
            perform(opening.exchange.clientSent(input.span))
        } else {
            refreshOpeningInterests()
        }
    }

    /// How much more may come before the 101 until reading stops.
    private func earlyDataRoom(_ opening: Opening) -> Int {
        worker.readLimit - opening.earlyData.count
    }

    func refreshOpeningInterests() {
        var wanted: Interest = []
        switch phase {
        case .tlsHandshake, .lingering: wanted.insert(.read)
        case .opening: if let opening, opening.head == nil || earlyDataRoom(opening) > 0 { wanted.insert(.read) }
        case .answering, .relaying, .over: break
        }
        if !client.backlog.isEmpty { wanted.insert(.write) }
        setInterest(.client, wanted)
        guard backend.isOpen, phase == .answering || phase == .opening else { return }
        var fromBackend: Interest = []
        if phase == .opening, case .dialing = opening?.exchange.stage { fromBackend.insert(.write) } else
        if client.backlog.isEmpty { fromBackend.insert(.read) }
        if !backend.backlog.isEmpty { fromBackend.insert(.write) }
        setInterest(.backend, fromBackend)
    }

    // MARK: What the exchange wants

    func perform(_ action: Exchange.Action) {
        switch action {
        case .wait: refreshOpeningInterests()
        case .route(let head, let offer): route(head, offer)
        case .plain(let head): refusePlain(head)
        case .dialNext: dialTimedOut()
        case .skip: break
        case .openTunnel(let head, let extensions, let subprotocol):
            openTunnel(head, extensions: extensions, subprotocol: subprotocol)
        case .relayAnswer(let head): relayAnswer(head)
        case .refuse(let refusal, let head): refuse(refusal, head: head)
        case .abandon(let reason): abandon(reason)
        }
    }

    func openingExpired() {
        guard let opening else { return finish() }
        if worker.drain != nil, opening.input.isEmpty { return finish() }
        perform(opening.exchange.expired(now: now, hasBytes: !opening.input.isEmpty))
        if phase == .opening { worker.schedule(clientSlot, at: opening.exchange.nextDeadline) }
    }

    private func route(_ head: RequestHead, _ offer: WebSocketOffer) {
        guard let opening else { return finish() }
        opening.head = head
        opening.offer = offer
        if worker.drain != nil { return refuseNow(Refusal(503, "draining", retryAfter: retryAfter)) }
        if opening.isSurplus {
            worker.shared.registry.process.limitHit(.maxConnections)
            return refuseNow(Refusal(503, "max_connections", retryAfter: retryAfter))
        }
        guard let route = findRoute(head) else { return refuseNow(Refusal(404, "no_route")) }
        opening.route = route
        if worker.isShort { return refuseNow(Refusal(503, "descriptors", retryAfter: retryAfter)) }
        opening.candidates = route.pool.candidates()
        opening.expectedAccept = WebSocketAccept.value(forKey: offer.key)
        let context = forwardingContext(head)
        opening.realClient = context.realAddress
        opening.requestID = RequestForwarding.requestID(head, context: context)
        opening.request = RequestForwarding.upgrade(head, context: context)
        dialNext()
    }

    /// One exchange sees one configuration: the newest that still has its listener.
    private func findRoute(_ head: RequestHead) -> RouteRuntime? {
        guard let opening else { return nil }
        let snapshot = worker.snapshot.knows(listener: listener.name) ? worker.snapshot : opening.snapshot
        return snapshot.route(host: head.host, path: head.target.path, listener: listener.name)
    }

    /// Routes carry tunnels only: a plain request to one is told what to ask for.
    private func refusePlain(_ head: RequestHead) {
        opening?.head = head
        refuseNow(findRoute(head) == nil ? Refusal(404, "no_route") : Refusal(426, "not_an_upgrade"))
    }

    private func forwardingContext(_ head: RequestHead) -> ForwardingContext {
        let proxies = worker.snapshot.settings.trustedProxies
        let trusted = peer.ip.map { ip in proxies.contains { $0.contains(ip) } } ?? false
        return ForwardingContext(
            clientAddress: peer.address, clientIsTrusted: trusted, scheme: listener.tls == nil ? .http : .https,
            requestID: newRequestID(),
            realAddress: trusted ? ForwardedClient.address(in: head, trusted: proxies)?.description : nil)
    }

    /// 128 random bits in hexadecimal.
    func newRequestID() -> String {
        func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hex(worker.random.next()) + hex(worker.random.next())
    }

    /// A few seconds, not the same for all, so that they do not come back together.
    var retryAfter: Int { Int.random(in: 1...5, using: &worker.random) }
}
