import Balancing
import Session
import Telemetry
import Transport
import Wire

/// From the backend's choice to its answer.
extension SessionDriver {
    /// Tries candidates until one may answer, or none is left.
    func dialNext() {
        guard let opening, let route = opening.route else { return finish() }
        let backends = route.pool.backends
        while let index = nextCandidate(opening, backends) {
            let chosen = backends[index]
            guard acquire(chosen) else { continue }
            tunnel = TunnelRecord(
                id: opening.requestID, route: route, index: index, host: opening.head?.host?.bytes ?? [],
                path: opening.head?.target.path ?? [], worker: worker.handle.index)
            switch Dialer.dial(chosen.address) {
            case .begun(let descriptor):
                if begin(descriptor, opening) { return }
                dialFailed(SystemError(-Int(12)))
            case .failed(let error): dialFailed(error)
            }
        }
        let reason: StaticString =
            opening.dialFailures == 0 ? "backend_full" : opening.dialTimedOut ? "connect_timeout" : "connect_failed"
        if opening.dialFailures == 0 { worker.shared.registry.process.limitHit(.backendMaxConnections) }
        refuseNow(Refusal(503, backends.isEmpty ? "no_backend" : reason, retryAfter: retryAfter))
    }

    private func nextCandidate(_ opening: Opening, _ backends: [BackendRuntime]) -> Int? {
        opening.candidates?.next(
            facts: { backends[$0].facts }, loads: { backends[$0].meter.live }, using: &worker.random)
    }

    /// Between the choice and this another worker may have filled it.
    private func acquire(_ backend: BackendRuntime) -> Bool {
        guard let limit = backend.facts.maxConnections else {
            _ = backend.meter.acquire()
            return true
        }
        return backend.meter.acquire(limit: limit)
    }

    private func begin(_ descriptor: Int32, _ opening: Opening) -> Bool {
        backend = Stream(owning: descriptor, bound: worker.backlogBound)
        let (slot, token) = worker.registrations.insert(.backend, driver: Unmanaged.passUnretained(self))
        backendSlot = slot
        guard watch(.backend, .write, token: token) else { return false }
        opening.dialStartedAt = now
        opening.exchange.dialing(until: now.after(opening.snapshot.connect))
        worker.schedule(clientSlot, at: opening.exchange.nextDeadline)
        refreshOpeningInterests()
        return true
    }

    private func dialFailed(_ error: SystemError) {
        opening?.dialFailures += 1
        opening?.dialTimedOut = error.label.description == "timeout"
        tunnel?.backend.meter.connectFailure(ConnectFailureReason(error))
        worker.shared.log.emit(.warn, "dial_failed") { line in
            line.field("id", tunnel?.id)
            line.field("pool", tunnel?.route.pool.name)
            line.field("backend", tunnel?.backend.key.backend)
            line.field("reason", error.description)
        }
        dropBackend()
    }

    /// The dial took longer than `timeouts.connect`.
    func dialTimedOut() {
        dialFailed(SystemError(-Int(110)))
        dialNext()
    }

    func backendReady(_ event: Epoll.Event) {
        guard let opening else { return finish() }
        if case .dialing = opening.exchange.stage {
            guard event.isWritable else { return }
            if let error = Dialer.result(of: backend.descriptor) {
                dialFailed(error)
                return dialNext()
            }
            tunnel?.cells.connectDuration(nanoseconds: now.since(opening.dialStartedAt))
            opening.exchange.connected()
            worker.schedule(clientSlot, at: opening.exchange.nextDeadline)
            if transmit(opening.request, to: .backend) != nil { return backendFailed() }
            opening.request = []
            refreshOpeningInterests()
        } else if event.isReadable {
            readAnswer(opening)
        }
    }

    /// Its connection broke while it had our request: no other backend may be tried, since this one may have acted on it.
    func backendFailed() {
        guard let opening else { return finish() }
        if phase == .answering { return finish(reset: true) }
        perform(opening.exchange.backendEnded())
    }

    // MARK: The answer

    private func readAnswer(_ opening: Opening) {
        let received = backend.receive(into: worker.scratch, limit: worker.scratch.capacity)
        if received.count > 0 {
            opening.answer.append(contentsOf: UnsafeRawBufferPointer(start: worker.scratch.plain, count: received.count))
            examineAnswer(opening)
        }
        guard let ending = received.ending else { return }
        switch phase {
        case .opening: backendFailed()
        case .answering: answerEnded(ending)
        case .relaying:
            ended(.backend, ending)
            settle()
        case .tlsHandshake, .lingering, .over: break
        }
    }

    private func examineAnswer(_ opening: Opening) {
        while phase == .opening {
            let answer = opening.answer
            let action = opening.exchange.backendSent(answer.span, expectedAccept: opening.expectedAccept)
            guard case .skip(let length) = action else { return perform(action) }
            opening.answer.removeFirst(min(length, opening.answer.count))
        }
    }

    /// The 101 goes to the client, then what either side has said already.
    func openTunnel(_ head: ResponseHead, extensions: Bool, subprotocol: ArraySlice<UInt8>?) {
        guard let opening, let tunnel else { return finish() }
        self.opening = nil
        tunnel.openedAt = now
        tunnel.realClient = opening.realClient
        tunnel.subprotocol = Array(subprotocol ?? [])
        tunnel.tlsVersion = client.negotiated()?.version
        relaying = Relaying(rules: opening.snapshot.rules, extensions: extensions, now: now)
        phase = .relaying
        cells = tunnel.cells
        accountOpening(query: opening.head?.target.query)
        if let failure = transmit(ResponseForwarding.switchingProtocols(head), to: .client) { ended(.client, failure) }
        replay(opening.answer.dropFirst(head.length), from: .backend)
        replay(opening.earlyData, from: .client)
        guard phase == .relaying else { return }
        if let failed = failedSend {
            failedSend = nil
            ended(failed.side, failed.ending)
        }
        if countsInDrain == false, worker.drain != nil { drainBegan() }
        refreshInterests()
        reschedule()
        if relaying.needsAttention { settle() }
        worker.retireIfRemoved(self)
    }

    private func replay(_ bytes: ArraySlice<UInt8>, from side: Session.Side) {
        var rest = bytes
        while !rest.isEmpty, phase == .relaying {
            let part = rest.prefix(worker.scratch.capacity)
            part.withUnsafeBytes { worker.scratch.plain.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(worker.scratch.plain), byteCount: $0.count) }
            relay(part.count, from: side)
            rest = rest.dropFirst(part.count)
        }
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
