import Session
import Telemetry
import Transport
import Wire

/// What the client sends while the session is no tunnel: heads, bodies, and what comes early.
extension SessionDriver {
    func readClient() {
        // Head and body leave in one send, and what the kernel refuses of it must find room in the backlog.
        clientSaid(client.receive(into: worker.scratch, limit: worker.readLimit))
    }

    func clientSaid(_ received: Stream.Received) {
        guard let current else { return finish() }
        if received.count > 0 {
            let bytes = UnsafeBufferPointer(
                start: worker.scratch.plain.assumingMemoryBound(to: UInt8.self), count: received.count)
            if current.isWithBackend || current.isDialing, !current.exchange.isRequestComplete {
                bodyArrived(bytes.span)
            } else if current.isAwaitingHead, current.waiting == 0, received.ending == nil, client.backlog.isEmpty, !isServing {
                isServing = true
                perform(current.examine(bytes, now: now))
                isServing = false
            } else {
                current.append(UnsafeRawBufferPointer(bytes))
            }
        }
        switch received.ending {
        case nil: break
        case .fin: hasClientEnded = true
        default: return clientBroke()
        }
        if phase == .exchanging { serveInput() }
    }

    /// The client is gone, whatever is under way.
    func clientBroke() {
        guard phase == .exchanging, let current else { return }
        perform(current.exchange.clientEnded(politely: false, now: now))
    }

    /// Pipelined requests that need no backend, of one client in one turn.
    private static let servedAtOnce = 128

    /// Requests that are here already, one after the other. A client that takes no answers is not served the next.
    func serveInput() {
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        var served = 0
        var isPaused = false
        while phase == .exchanging, client.backlog.isEmpty, let current, current.isAwaitingHead, current.waiting > 0 {
            guard served < Self.servedAtOnce else {
                // The others have their turn first.
                worker.schedule(clientSlot, at: now)
                current.armedAt = now
                isPaused = true
                break
            }
            served += 1
            perform(current.examineInput(now: now))
            guard self.current !== current else { break }
        }
        // What came before its FIN is answered; a head that it broke off is not.
        if hasClientEnded, !isPaused, phase == .exchanging, client.backlog.isEmpty, let current, !current.exchange.hasClientEnded {
            perform(current.exchange.clientEnded(politely: true, now: now))
        }
    }

    // MARK: Bodies

    /// Bytes behind the head of a request whose body is not whole.
    func bodyArrived(_ bytes: Span<UInt8>) {
        guard let current else { return finish() }
        let count: Int
        switch current.exchange.requestBytes(bytes, now: now) {
        case .more(let passed), .done(let passed): count = passed
        case .broken(let error): return bodyBroke(error)
        }
        let body = bytes.extracting(0..<min(count, bytes.count))
        current.bytesToBackend &+= body.count
        cells?.bytes(.toBackend, body.count)
        body.withUnsafeBytes { body in
            if !current.isWithBackend {
                current.body.append(contentsOf: body)
            } else if !current.isBackendDeaf {
                if let failure = transmitToReader(body, .backend) { requestSendFailed(failure) }
            }
        }
        if body.count < bytes.count {
            bytes.extracting(body.count..<bytes.count).withUnsafeBytes { current.append($0) }
        }
    }

    /// Nothing more of this client's can be understood.
    private func bodyBroke(_ error: ChunkedError) {
        guard current?.isRelayingAnswer == false else { return abandon("body_invalid") }
        refuseNow(Refusal(400, error.reason))
    }

    /// The backend takes no more. It may have said why before: what it says is read to its end.
    func requestSendFailed(_ ending: Stream.Ending) {
        guard let current else { return finish() }
        if ending == .noRoom {
            // Our own bounds disagree: nobody shall take what went out for all of it.
            worker.shared.registry.process.internalError()
            return current.isRelayingAnswer ? abandon("internal") : refuseNow(Refusal(502, "internal"))
        }
        current.isBackendDeaf = true
    }

    // MARK: What is watched

    func refreshExchangeInterests(_ current: ExchangeState?) {
        let reads =
            switch phase {
            case .proxyHeader, .tlsAwaited, .tlsHandshake: true
            case .lingering: !hasClientEnded
            case .exchanging: if let current { wantsClientBytes(current) } else { false }
            case .tlsHeld, .relaying, .over: false
            }
        if !reads, client.interest.reads, !backend.backlog.isEmpty { cells?.pause(.toBackend) }
        setInterest(.client, Interest(reads: reads, writes: !client.backlog.isEmpty))
        guard let current, phase == .exchanging, backend.isOpen else { return }
        if !current.isShakingHands, current.isDialing {
            setInterest(.backend, .write)
        } else {
            let isClientSlow = !client.backlog.isEmpty
            if isClientSlow, backend.interest.reads { cells?.pause(.toClient) }
            setInterest(.backend, Interest(reads: !isClientSlow, writes: !backend.backlog.isEmpty && !current.isBackendDeaf))
        }
        tellBuffered()
    }

    private func wantsClientBytes(_ current: ExchangeState) -> Bool {
        guard !hasClientEnded else { return false }
        let exchange = current.exchange
        switch exchange.stage {
        case .awaitingHead: return client.backlog.isEmpty
        case _ where exchange.isRequestComplete || exchange.isUpgrade: return current.waiting < worker.readLimit
        case .awaitingAnswer, .relayingAnswer: return backend.backlog.isEmpty && !current.isBackendDeaf
        case .dialing, .over: return current.body.count < worker.readLimit
        }
    }

    // MARK: Slow readers

    /// Sends, and begins to watch the reader when it does not take all.
    func transmitToReader(_ bytes: UnsafeRawBufferPointer, _ side: Session.Side) -> Stream.Ending? {
        let waited = backlogCount(side) > 0
        if let failure = transmit(bytes, to: side) { return failure }
        if !waited, backlogCount(side) > 0 { took(side) }
        return nil
    }

    func took(_ side: Session.Side) {
        if side.isClient {
            current?.client.took(client.unacknowledged, now: now)
        } else {
            current?.backend.took(backend.unacknowledged, now: now)
        }
    }

    /// A reader whose system acknowledges takes, even when ours has no room for more yet.
    func lookAtReaders() {
        guard let current else { return }
        if !client.backlog.isEmpty, client.unacknowledged < current.client.unacknowledged { took(.client) }
        if !backend.backlog.isEmpty, backend.unacknowledged < current.backend.unacknowledged { took(.backend) }
    }

    // MARK: The clock

    private func pressure(_ current: ExchangeState) -> Exchange.Pressure {
        Exchange.Pressure(
            clientTookAt: client.backlog.isEmpty ? nil : current.client.tookAt,
            backendTookAt: backend.backlog.isEmpty ? nil : current.backend.tookAt,
            comment: current.comment)
    }

    /// Sees to it that the wheel asks in time. It may ask too early: then it is told the time again.
    func arm(_ current: ExchangeState) {
        let next = Moment.earlier(current.exchange.nextDeadline(pressure(current)), retireAt)
        guard next < current.armedAt else { return }
        current.armedAt = next
        worker.schedule(clientSlot, at: next)
    }

    func exchangeExpired() {
        guard let current else { return finish() }
        current.armedAt = .never
        if worker.drain != nil, current.isAwaitingHead, current.waiting == 0 { return leaveAtOnce() }
        if current.waiting > 0 { serveInput() }
        guard phase == .exchanging, self.current === current else { return }
        lookAtReaders()
        if retireAt <= now { retireExchange() }
        guard phase == .exchanging, self.current === current else { return }
        let action = current.exchange.expired(now: now, pressure: pressure(current))
        reportAnswer(action, current)
        perform(action)
    }
}
