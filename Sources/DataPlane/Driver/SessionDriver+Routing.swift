import Balancing
import Balancing
import Session
import Settings
import TLS
import Telemetry
import Transport
import Wire

/// What the exchange wants, and where its request goes.
extension SessionDriver {
    func perform(_ action: Exchange.Action) {
        switch action {
        case .wait: break
        case .route(let head, let purpose): requestArrived(head, purpose)
        case .dialNext: dialTimedOut()
        case .retry: dialAgain()
        case .say(let bytes): say(bytes)
        case .refuse(let refusal, let head): refuse(refusal, head: head)
        case .abandon(let reason): abandon(reason)
        // Answers are examined where they are read.
        case .skip, .relayInterim, .openTunnel, .relayAnswer: break
        }
    }

    private func requestArrived(_ head: RequestHead, _ purpose: Exchange.Purpose) {
        guard let current else { return finish() }
        current.head = head
        current.headAt = now
        if !current.exchange.isRequestComplete, current.waiting > 0 {
            // What came with the head is looked at before anybody is dialled: a broken body reaches no backend.
            let rest = current.takeInput()
            bodyArrived(rest.span)
            guard phase == .exchanging, current.isDialing else { return }
        }
        route(head, purpose, current)
    }

    private func route(_ head: RequestHead, _ purpose: Exchange.Purpose, _ current: ExchangeState) {
        if worker.drain != nil, current.exchange.isUpgrade { return refuseNow(Refusal(503, "draining", retryAfter: retryAfter)) }
        if current.isSurplus {
            worker.shared.registry.process.limitHit(.maxConnections)
            return refuseNow(Refusal(503, "max_connections", retryAfter: retryAfter))
        }
        if let port = listener.redirectPort, !cameByHTTPS(head) { return redirect(head, port) }
        switch findDestination(head, current) {
        case nil: refuseNow(Refusal(404, "no_route"))
        case .respond(let respond): answerFixed(respond, head)
        case .pool(let route): forward(head, purpose, to: route, current)
        }
    }

    private func forward(_ head: RequestHead, _ purpose: Exchange.Purpose, to route: RouteRuntime, _ current: ExchangeState) {
        current.goes(by: route)
        let context = forwardingContext(head, current)
        current.requestID = context.clientIsTrusted ? RequestForwarding.requestID(head, context: context) : context.requestID
        current.context = consume context
        switch purpose {
        case .tunnel(let offer):
            current.expectedAccept = WebSocketAccept.value(forKey: offer.key.span)
        case .answer:
            if route.carriesUpgradesOnly { return refuseNow(Refusal(426, "not_an_upgrade")) }
            // It would be shown what we add for the backend alone.
            if head.method == .trace { return refuseNow(Refusal(405, "policy")) }
            if RequestForwarding.nominatesEndToEnd(head) { return refuseNow(Refusal(400, "connection_names_end_to_end_field")) }
        }
        if RequestForwarding.loops(head) >= Self.mostLoops { return refuseNow(Refusal(508, "loop")) }
        if worker.isShort { return refuseNow(Refusal(503, "descriptors", retryAfter: retryAfter)) }
        choose(current, route.pool)
        if case .answer = purpose {
            enter(.longPoll, current, route.pool)
            cells?.bytes(.toBackend, current.bytesToBackend)
            if let drain = worker.drain { retire(at: drain.began.after(drain.period), cause: .drain) }
        }
        dialNext(route, route.pool, current)
    }

    /// A proxy in front that we trust has taken it over TLS: a redirect would only come back here.
    private func cameByHTTPS(_ head: RequestHead) -> Bool {
        guard peer.isAmong(worker.snapshot.settings.trustedProxies), let proto = head.headers.only("X-Forwarded-Proto") else {
            return false
        }
        return proto.elementsEqual("https".utf8)
    }

    /// How often a request may have come through a Tidegate already.
    private static let mostLoops = 8

    /// One exchange sees one configuration: the newest that still has its listener.
    private func findDestination(_ head: RequestHead, _ current: ExchangeState) -> Destination? {
        if current.snapshot !== worker.snapshot, listener.isIn(worker.snapshot) { current.snapshot = worker.snapshot }
        return current.snapshot.destination(of: head, from: listener)
    }

    private func forwardingContext(_ head: RequestHead, _ current: ExchangeState) -> ForwardingContext {
        if current.clientAddress.isEmpty { current.clientAddress = peer.address }
        let trusted = worker.snapshot.trustsProxies && peer.isAmong(worker.snapshot.settings.trustedProxies)
        return ForwardingContext(
            clientAddress: current.clientAddress, clientIsTrusted: trusted, scheme: listener.tls == nil ? .http : .https,
            requestID: newRequestID(),
            realAddress: trusted
                ? ForwardedClient.address(in: head, trusted: worker.snapshot.settings.trustedProxies)?.description : nil)
    }

    /// The request's head for this backend.
    func writeRequest(for record: TunnelRecord, _ current: ExchangeState, into output: HeadBuffer) {
        guard let head = current.head, let context = current.context else { return }
        let route = record.route
        let forwarding = current.snapshot.settings.forwarding
        let createsTrace = forwarding.traceparent == .create
        let rewriting = RequestRewriting(
            host: hostField(route.pool.host, record.backend),
            path: route.rewrite.map { PathRewriting.apply($0, to: head.target.path) }, edits: route.requestEdits,
            forwarded: forwarding.forwarded, createsTraceParent: createsTrace,
            traceID: createsTrace ? (worker.random.next(), worker.random.next()) : (0, 0),
            spanID: createsTrace ? worker.random.next() : 0,
            closes: !current.exchange.isUpgrade && route.pool.keptConnections == 0)
        if current.exchange.isUpgrade {
            RequestForwarding.upgrade(head, context: context, rewriting: rewriting, into: output)
        } else {
            RequestForwarding.plain(head, context: context, rewriting: rewriting, into: output)
        }
    }

    private func hostField(_ policy: PoolSettings.HostPolicy, _ backend: BackendRuntime) -> [UInt8]? {
        switch policy {
        case .preserve: nil
        case .backend: backend.hostField
        case .name(let name): Array(name.utf8)
        }
    }

    func newRequestID() -> RequestID { RequestID(worker.random.next(), worker.random.next()) }

    /// A few seconds, not the same for all, so that they do not come back together.
    var retryAfter: Int { RetryAfter.seconds(5, using: &worker.random) }
}
