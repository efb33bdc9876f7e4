import Session
import Telemetry
import Transport
import Wire

/// What the backend answers: its heads, its bodies, and the end of them.
extension SessionDriver {
    func readBackend() {
        guard let current else { return finish() }
        let asked = tunnel
        let received = backend.receive(into: worker.scratch, limit: worker.readLimit)
        if received.ending != nil { current.hasBackendEnded = true }
        if received.count > 0 {
            let bytes = UnsafeBufferPointer(
                start: worker.scratch.plain.assumingMemoryBound(to: UInt8.self), count: received.count)
            if current.isRelayingAnswer {
                passBody(bytes.span)
            } else {
                answerArrived(bytes.span, current)
            }
        }
        guard let ending = received.ending else { return }
        if phase == .relaying {
            ended(.backend, ending)
            settle()
        } else if phase == .exchanging, self.current === current, current.isWithBackend, tunnel === asked {
            // Not another backend, which this one's answer has led to.
            backendEnded(ending, current)
        }
    }

    private func backendEnded(_ ending: Stream.Ending, _ current: ExchangeState) {
        let action = current.exchange.backendEnded(wasKept: current.isKept, politely: ending == .fin, now: now)
        if case .abandon(let reason) = action, reason.description == "complete" { return answerComplete(current) }
        reportAnswer(action, current)
        perform(action)
    }

    // MARK: Heads

    private func answerArrived(_ bytes: Span<UInt8>, _ current: ExchangeState) {
        guard !current.answer.isEmpty else { return examineAnswer(bytes, current) }
        bytes.withUnsafeBytes { current.answer.append(contentsOf: $0) }
        let answer = current.answer
        current.answer = []
        examineAnswer(answer.span, current)
    }

    private func examineAnswer(_ bytes: Span<UInt8>, _ current: ExchangeState) {
        var offset = 0
        while phase == .exchanging, current.isAwaitingAnswer, offset < bytes.count {
            let rest = bytes.extracting(offset..<bytes.count)
            let action = current.exchange.backendSent(rest, expectedAccept: current.expectedAccept, now: now)
            switch action {
            case .wait:
                current.answer = rest.withUnsafeBytes { Array($0) }
                return
            case .skip(let length): offset += length
            case .relayInterim(let head):
                offset += head.length
                if transmitToClient(ResponseForwarding.interim(head, edits: current.route?.responseEdits ?? [])) { return }
            case .openTunnel(let head, let extensions, let subprotocol):
                let early = rest.extracting(min(head.length, rest.count)..<rest.count).withUnsafeBytes { Array($0) }
                return openTunnel(head, early: early, extensions: extensions, subprotocol: subprotocol, current)
            case .relayAnswer(let head):
                return relayAnswer(head, rest.extracting(min(head.length, rest.count)..<rest.count), current)
            case .route, .dialNext, .retry, .say, .refuse, .abandon:
                reportAnswer(action, current)
                return perform(action)
            }
        }
    }

    private func relayAnswer(_ head: ResponseHead, _ rest: Span<UInt8>, _ current: ExchangeState) {
        guard let request = current.head, let route = current.route else { return finish() }
        if current.exchange.isUpgrade {
            let isRetried = route.pool.isRetried(status: head.status)
            reportStatus(head.status, isRetried: isRetried)
            if isRetried, dialAnother(head.status, route, current) { return }
        } else {
            report(.succeeded)
        }
        current.closes = closesAfter(current)
        current.allowsReuse = head.allowsReuse
        let output = worker.output
        output.clear()
        guard ResponseForwarding.answer(
            head, method: current.exchange.isUpgrade ? .get : request.method, clientVersion: request.version,
            closes: current.closes, edits: responseEdits(current, route, of: head), into: output)
        else { return refuseNow(Refusal(502, "backend_invalid")) }
        current.status = head.status
        if current.exchange.isUpgrade {
            route.meter.upgradeFailure(.backendRefused)
            logRefused(status: head.status, reason: "backend_refused")
        } else {
            enter(current.exchange.answerIsEventStream ? .sse : .body, current, route.pool)
            if current.kind == .sse { worker.retireIfRemoved(self, since: current.snapshot) }
        }
        // Head and first bytes leave in one send.
        let progress = current.exchange.answerBytes(rest, now: now)
        let count = Self.count(progress, of: rest)
        rest.extracting(0..<count).withUnsafeBufferPointer { output.append($0) }
        current.bytesToClient &+= count
        cells?.bytes(.toClient, count)
        if transmitToReader(output.bytes, .client) != nil { return abandon("client_closed") }
        bodyMoved(progress, isAll: count == rest.count, current)
    }

    // MARK: Bodies

    private func passBody(_ bytes: Span<UInt8>) {
        guard let current else { return finish() }
        let progress = current.exchange.answerBytes(bytes, now: now)
        let count = Self.count(progress, of: bytes)
        current.bytesToClient &+= count
        cells?.bytes(.toClient, count)
        if bytes.extracting(0..<count).withUnsafeBytes({ transmitToReader($0, .client) }) != nil {
            return abandon("client_closed")
        }
        bodyMoved(progress, isAll: count == bytes.count, current)
    }

    private static func count(_ progress: BodyFollower.Progress, of bytes: Span<UInt8>) -> Int {
        switch progress {
        case .more(let count), .done(let count): min(count, bytes.count)
        case .broken: 0
        }
    }

    private func bodyMoved(_ progress: BodyFollower.Progress, isAll: Bool, _ current: ExchangeState) {
        switch progress {
        case .more:
            if current.isRetired { sayFarewell(current) }
        case .done:
            // What a backend says beyond its answer was not asked for.
            if !isAll { current.allowsReuse = false }
            answerComplete(current)
        case .broken: abandon("backend_truncated")
        }
    }

    /// True when that ended the session.
    private func transmitToClient(_ bytes: [UInt8]) -> Bool {
        guard bytes.withUnsafeBytes({ transmitToReader($0, .client) }) != nil else { return false }
        abandon("client_closed")
        return true
    }

    /// Words of our own in an event stream.
    func say(_ bytes: [UInt8]) { _ = transmitToClient(bytes) }

    // MARK: The end

    func answerComplete(_ current: ExchangeState) {
        guard let tunnel else { return finish() }
        accountRequest(status: current.status, tunnel.route, current)
        let canKeep =
            current.allowsReuse && !current.hasBackendEnded && !current.exchange.isUpgrade && current.exchange.isRequestComplete
            && backend.backlog.isEmpty && !current.isBackendDeaf && worker.drain == nil
        if canKeep {
            giveBack(tunnel)
            worker.keep(&backend, slot: backendSlot, of: tunnel, since: current.snapshot, lent: current.lent)
            backendSlot = -1
        } else {
            dropBackend()
        }
        if current.closes { sayGoodbye() } else { nextExchange(after: current) }
    }

    /// The connection is free for another request; it may be here already.
    func nextExchange(after last: ExchangeState) {
        tunnel = nil
        // What was said of the last one's way is no word about the next.
        if worker.drain == nil { retireAt = .never }
        leave.isOver()
        let snapshot = last.snapshot === worker.snapshot || !listener.isIn(worker.snapshot) ? last.snapshot : worker.snapshot
        let rules = snapshot.exchangeRules
        let deadline = now.after(rules.keepAlive)
        let next =
            worker.spareState.take() ?? ExchangeState(exchange: Exchange(rules: rules, deadline: deadline), snapshot: snapshot)
        next.begin(after: last, deadline: deadline, snapshot: snapshot)
        current = next
        if last.snapshot === worker.snapshot { worker.usedState = last }
        if worker.drain != nil { drainBegan() }
        if hasClientEnded || next.waiting > 0 { serveInput() }
    }

    /// Whether the client's connection ends with this answer.
    func closesAfter(_ current: ExchangeState) -> Bool {
        current.exchange.endsConnection || (hasClientEnded && current.waiting == 0) || worker.drain != nil
            || !listener.isIn(worker.snapshot)
    }

    /// The 101 goes to the client, then what either side has said already.
    private func openTunnel(
        _ head: ResponseHead, early: [UInt8], extensions: Bool, subprotocol: ArraySlice<UInt8>?, _ current: ExchangeState
    ) {
        guard let tunnel else { return finish() }
        self.current = nil
        let route = tunnel.route
        tunnel.openedAt = now
        if let request = current.head {
            if let host = request.host { tunnel.host = host.bytes }
            tunnel.path = request.target.path
        }
        tunnel.realClient = current.context?.realAddress
        if let subprotocol { tunnel.subprotocol = Array(subprotocol) }
        tunnel.tlsVersion = client.negotiated()?.version
        relaying.begin(rules: current.snapshot.rules, extensions: extensions, now: now)
        phase = .relaying
        cells = tunnel.cells
        accountOpening(tunnel, query: current.head?.target.query)
        let output = worker.output
        output.clear()
        ResponseForwarding.switchingProtocols(head, edits: responseEdits(current, route, of: head), into: output)
        if let failure = transmit(output.bytes, to: .client) { ended(.client, failure) }
        if !early.isEmpty { replay(early[...], from: .backend) }
        if current.waiting > 0 { replay(current.takeInput()[...], from: .client) }
        guard phase == .relaying else { return }
        if let failed = failedSend {
            failedSend = nil
            ended(failed.side, failed.ending)
        }
        if countsInDrain == false, worker.drain != nil { drainBegan() }
        awaitProof(tunnel)
        if let lifetime = route.pool.lifetime {
            mayLive(until: Moment(nanoseconds: lifetime.deadline(openedAt: now.nanoseconds, using: &worker.random)))
        }
        refreshInterests()
        reschedule()
        if relaying.needsAttention { settle() }
        worker.retireIfRemoved(self, since: current.snapshot)
    }

    private func replay(_ bytes: ArraySlice<UInt8>, from side: Session.Side) {
        var rest = bytes
        while !rest.isEmpty, phase == .relaying {
            let part = rest.prefix(worker.scratch.capacity)
            part.withUnsafeBytes {
                worker.scratch.plain.copyMemory(
                    from: $0.baseAddress ?? UnsafeRawPointer(worker.scratch.plain), byteCount: $0.count)
            }
            relay(part.count, from: side)
            rest = rest.dropFirst(part.count)
        }
    }
}
