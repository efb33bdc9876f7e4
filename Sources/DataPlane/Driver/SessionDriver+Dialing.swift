import Balancing
import Session
import Settings
import Telemetry
import Transport
import Wire

/// From the backend's choice to the request on its way.
extension SessionDriver {
    /// Tries candidates, each at all of its addresses, until one may answer or none is left.
    func dialNext() {
        guard let current, let route = current.route else { return finish() }
        dialNext(route, route.pool, current)
    }

    func dialNext(_ route: RouteRuntime, _ pool: PoolRuntime, _ current: ExchangeState) {
        guard mayLook(current, pool) else { return }
        while !isPoolFull(current, pool), let target = nextTarget(current, pool) {
            if attempt(target, route, pool, current) { return }
            if hasHadItsTurn(current) { return worker.goOnLater(self) }
        }
        waitOrRefuse(nobodyLeft(current), current, pool)
    }

    /// So many dials of one request in vain, in a turn, leave the rest to the next: others want their turns too.
    private static let mostInTurn = 8

    private func hasHadItsTurn(_ current: ExchangeState) -> Bool {
        current.vainDials = current.vainDials.turn == now ? (now, current.vainDials.count + 1) : (now, 1)
        guard current.vainDials.count >= Self.mostInTurn else { return false }
        // Only the deadline of the handshake goes on.
        current.exchange.dialing(until: .never)
        current.isBetweenTurns = true
        return true
    }

    /// Goes on with the dials that it left to this turn.
    func goOnDialing() {
        guard phase == .exchanging, let current, current.isBetweenTurns else { return }
        current.isBetweenTurns = false
        dialNext()
        settleExchange()
    }

    /// Whether something is under way there now.
    private func attempt(
        _ target: (backend: Int, address: Int), _ route: RouteRuntime, _ pool: PoolRuntime, _ current: ExchangeState
    ) -> Bool {
        let chosen = pool.backends[target.backend]
        current.target = target
        guard acquire(chosen, in: pool) else {
            lostPlace(current)
            return false
        }
        let record = TunnelRecord(
            id: current.requestID ?? newRequestID(), route: route, index: target.backend, cells: cells ?? cells(of: pool))
        tunnel = record
        guard holdPlacement(record, current, pool) else {
            giveBack(record)
            return false
        }
        if takeKept(record, pool, current) { return true }
        guard beginDial(record) else {
            giveBack(record)
            lostPlace(current)
            return false
        }
        let address = chosen.addresses[target.address]
        switch dial(address) {
        case .begun(let descriptor):
            let stands = Dialer.stands(descriptor, at: address)
            if begin(descriptor, chosen, current, stands: stands) { return true }
            dialFailed(SystemError(-Int(12)))
        case .failed(let error): dialFailed(error)
        }
        return false
    }

    /// A backend has answered an upgrade with a status that another one may better. False, and its answer is the client's, when there
    /// is no other. What is dialled from here on has no answer to fall back on.
    func dialAnother(_ status: UInt16, _ route: RouteRuntime, _ current: ExchangeState) -> Bool {
        let answering = current.target
        current.target = nil
        guard let next = nextTarget(current, route.pool), current.exchange.turnedAway() else {
            current.target = answering
            return false
        }
        worker.log.emit(.warn, "upgrade_retried") { line in
            line.field("id", tunnel?.id.text)
            line.field("pool", route.pool.name)
            line.field("backend", tunnel?.backend.key.backend)
            line.field("status", status)
        }
        dropBackend()
        if !attempt(next, route, route.pool, current) { dialNext() }
        return true
    }

    /// Connections that wait for nothing in particular are given up before a client goes without.
    private func dial(_ address: SocketAddress) -> Dialer.Outcome {
        let outcome = Dialer.dial(address)
        guard case .failed(let error) = outcome, error.isShortage, worker.kept.count > 0 else { return outcome }
        worker.dropAllKept()
        return Dialer.dial(address)
    }

    private func nobodyLeft(_ current: ExchangeState) -> Refusal {
        guard current.dialFailures > 0 else {
            return Refusal(503, current.shortage == .full ? "backend_full" : "no_backend", retryAfter: retryAfter)
        }
        switch current.lastFailure {
        case .tls: return Refusal(502, "backend_tls")
        case .timeout: return Refusal(503, "connect_timeout", retryAfter: retryAfter)
        default: return Refusal(503, "connect_failed", retryAfter: retryAfter)
        }
    }

    /// A connection to this backend that an earlier exchange has left, if there is a good one.
    private func takeKept(_ record: TunnelRecord, _ pool: PoolRuntime, _ current: ExchangeState) -> Bool {
        guard mayUseKept(current, pool) else { return false }
        let position = pool.firstPosition + record.index
        guard let kept = worker.kept.take(at: position, of: record.backend) else {
            // One that has ended is not to be hoped for again.
            if worker.kept.count(at: position, of: record.backend) > 0 { current.avoidsKept = true }
            return false
        }
        worker.unwatchKept(kept)
        swap(&self.backend, &kept.stream)
        backendSlot = kept.slot
        worker.registrations.assign(kept.slot, to: self)
        current.lent = kept
        prepare(current, isKept: true)
        record.cells.reused()
        connectionStands(record, current)
        return true
    }

    /// A connection that is over before spares the four system calls of `Stream.probe`; the first probe comes long after.
    private static let unprobed = Moment.Span(nanoseconds: 5_000_000_000)

    private func begin(_ descriptor: Int32, _ chosen: BackendRuntime, _ current: ExchangeState, stands: Bool) -> Bool {
        if let identity = chosen.identity {
            backend = .dialing(descriptor, identity: identity, scratch: worker.scratch, bound: Worker.backlogBound)
            guard backend.isOpen else { return false }
        } else {
            backend = Stream(owning: descriptor, bound: Worker.backlogBound)
        }
        let (slot, token) = worker.registrations.insert(.backend, driver: Unmanaged.passUnretained(self))
        backendSlot = slot
        guard watch(.backend, stands ? .read : .write, token: token) else { return false }
        worker.schedule(slot, at: now.after(Self.unprobed))
        current.dialStartedAt = now
        prepare(current, isKept: false)
        current.exchange.dialing(until: now.after(current.snapshot.connect))
        if stands { dialSucceeded(current) }
        return true
    }

    /// Nothing is known of this connection yet.
    private func prepare(_ current: ExchangeState, isKept: Bool) {
        leaveLine()
        current.isBetweenTurns = false
        current.hadPlace = true
        current.isKept = isKept
        current.isShakingHands = false
        current.isBackendDeaf = false
        current.hasBackendEnded = false
        if !current.answer.isEmpty { current.answer = [] }
    }

    private func dialFailed(_ error: SystemError) { dialFailed(ConnectFailureReason(error), error.description) }

    private func dialFailed(_ reason: ConnectFailureReason, _ words: String) {
        current?.dialFailures += 1
        current?.lastFailure = reason
        tunnel?.backend.meter.connectFailure(reason)
        reportDial(reason)
        let failures = current?.dialFailures ?? 0
        // However many backends are dead, a request tells of a few: of the first ones, then of the 16th, the 32nd, and so on.
        if failures <= Self.mostInTurn || failures & (failures - 1) == 0 {
            worker.log.emit(.warn, "dial_failed") { line in
                line.field("id", tunnel?.id.text)
                line.field("pool", tunnel?.route.pool.name)
                line.field("backend", tunnel?.backend.key.backend)
                line.field("reason", words)
                if failures > Self.mostInTurn { line.field("failures", failures) }
            }
        }
        dropBackend()
    }

    /// The dial, its TLS included, took longer than `timeouts.connect`.
    func dialTimedOut() {
        dialFailed(SystemError(-Int(110)))
        dialNext()
    }

    /// A kept connection had ended: nothing of the request was lost with it.
    func dialAgain() {
        guard let current else { return finish() }
        dropBackend()
        current.avoidsKept = true
        // The same backend first: it most likely just closed what was idle.
        if let target = current.target { current.target = (target.backend, -1) }
        dialNext()
    }

    func backendReady(_ event: Epoll.Event) {
        guard let current else { return finish() }
        if current.isDialing {
            if current.isShakingHands {
                if event.isReadable { continueBackendTLS(current) }
            } else if event.isWritable {
                dialDecided(current)
            }
        } else if event.isReadable, backend.interest.reads {
            readBackend()
        }
    }

    private func dialDecided(_ current: ExchangeState) {
        if let error = Dialer.result(of: backend.descriptor) {
            dialFailed(error)
            return dialNext()
        }
        dialSucceeded(current)
    }

    private func dialSucceeded(_ current: ExchangeState) {
        tunnel?.cells.connectDuration(nanoseconds: now.since(current.dialStartedAt))
        if let version = current.route?.pool.proxyProtocol, backend.sendPreface(proxyHeader(version)) != nil {
            dialFailed(SystemError(-Int(104)))
            return dialNext()
        }
        guard backend.isEncrypted else { return connectionStands(current) }
        current.isShakingHands = true
        current.dialStartedAt = now
        if case .failed(let ending) = backend.beginHandshake(scratch: worker.scratch) { tlsDialFailed(ending) }
    }

    private func continueBackendTLS(_ current: ExchangeState) {
        var received = Stream.Received()
        switch backend.handshake(into: worker.scratch, received: &received) {
        case .underway: break
        case .failed(let ending): tlsDialFailed(ending)
        case .complete:
            tunnel?.cells.tlsDuration(nanoseconds: now.since(current.dialStartedAt))
            current.isShakingHands = false
            // What it says before it was asked is no answer to us.
            guard received.count == 0, received.ending == nil else { return tlsDialFailed(received.ending ?? .fin) }
            connectionStands(current)
        }
    }

    private func tlsDialFailed(_ ending: Stream.Ending) {
        switch ending {
        case .tls(let reason): dialFailed(.tls, reason.label.description)
        case .reset(let error): dialFailed(.tls, error.description)
        case .fin, .truncated: dialFailed(.tls, "closed")
        }
        dialNext()
    }

    private func proxyHeader(_ version: PoolSettings.ProxyProtocolVersion) -> [UInt8] {
        let source = peer.ip.map { Endpoint(ip: $0, port: peer.port) }
        let local = client.localAddress
        let destination = local?.ip.map { Endpoint(ip: $0, port: local?.port ?? 0) }
        return switch version {
        case .v1: ProxyHeaderWriter.v1(source: source, destination: destination)
        case .v2: ProxyHeaderWriter.v2(source: source, destination: destination)
        }
    }

    /// The request goes out, with what has come of its body.
    private func connectionStands(_ current: ExchangeState) {
        guard let tunnel else { return finish() }
        connectionStands(tunnel, current)
    }

    private func connectionStands(_ record: TunnelRecord, _ current: ExchangeState) {
        endDial(record)
        if record.route.pool.slowStart != nil { record.backend.condition.gave() }
        current.asked += 1
        current.exchange.connected(now: now)
        let output = worker.output
        output.clear()
        writeRequest(for: record, current, into: output)
        if !current.body.isEmpty {
            current.body.withUnsafeBufferPointer { output.append($0) }
            current.body = []
        }
        if let failure = transmitToReader(output.bytes, .backend) { requestSendFailed(failure) }
    }
}

extension ConnectFailureReason {
    init(_ error: SystemError) {
        self =
            switch error.label.description {
            case "refused": .refused
            case "timeout": .timeout
            case "reset": .reset
            case "unreachable": .unreachable
            case "no_local_port": .addresses
            case "no_descriptors", "no_memory": .descriptors
            default: .other
            }
    }
}
