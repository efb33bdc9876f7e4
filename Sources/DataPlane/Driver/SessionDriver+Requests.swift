import Session
import Telemetry
import Transport
import Wire

/// What the client sends while the session is no tunnel: heads, bodies, and what comes early.
extension SessionDriver {
    func readClient() {
        guard let current else { return finish() }
        let limit = current.isAwaitingHead ? worker.scratch.capacity : worker.readLimit
        clientSaid(client.receive(into: worker.scratch, limit: limit))
        if phase == .exchanging { refreshExchangeInterests() }
    }

    func clientSaid(_ received: Stream.Received) {
        guard let current else { return finish() }
        if received.count > 0 {
            let bytes = UnsafeBufferPointer(
                start: worker.scratch.plain.assumingMemoryBound(to: UInt8.self), count: received.count)
            if current.isWithBackend || current.isDialing, !current.exchange.isRequestComplete {
                bodyArrived(bytes.span)
            } else {
                current.input.append(contentsOf: bytes)
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

    /// Requests that are here already, one after the other. A client that takes no answers is not served the next.
    func serveInput() {
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        while phase == .exchanging, client.backlog.isEmpty, let current, current.isAwaitingHead, !current.input.isEmpty {
            let input = current.input
            perform(current.exchange.clientSent(input.span, now: now))
            guard self.current !== current else { break }
        }
        // What came before its FIN is answered; a head that it broke off is not.
        if hasClientEnded, phase == .exchanging, client.backlog.isEmpty, let current, !current.exchange.hasClientEnded {
            perform(current.exchange.clientEnded(politely: true, now: now))
        }
        if phase == .exchanging { arm() }
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
        body.withUnsafeBytes { body in
            if !current.isWithBackend {
                current.body.append(contentsOf: body)
            } else if !current.isBackendDeaf {
                if backend.backlog.isEmpty { current.backendTookAt = now }
                if transmit(body, to: .backend) != nil { requestSendFailed() }
            }
        }
        if body.count < bytes.count {
            bytes.extracting(body.count..<bytes.count).withUnsafeBytes { current.input.append(contentsOf: $0) }
        }
    }

    /// Nothing more of this client's can be understood.
    private func bodyBroke(_ error: ChunkedError) {
        guard current?.isRelayingAnswer == false else { return abandon("body_invalid") }
        refuseNow(Refusal(400, error.reason))
    }

    /// The backend takes no more. It may have said why before: what it says is read to its end.
    func requestSendFailed() {
        guard let current else { return finish() }
        current.isBackendDeaf = true
        refreshExchangeInterests()
    }

    // MARK: What is watched

    func refreshExchangeInterests() {
        var wanted: Interest = []
        switch phase {
        case .proxyHeader, .tlsHandshake: wanted.insert(.read)
        case .lingering: if !hasClientEnded { wanted.insert(.read) }
        case .exchanging: if wantsClientBytes { wanted.insert(.read) }
        case .relaying, .over: break
        }
        if !client.backlog.isEmpty { wanted.insert(.write) }
        setInterest(.client, wanted)
        guard phase == .exchanging, backend.isOpen, let current else { return }
        var fromBackend: Interest = []
        if current.isDialing, !current.isShakingHands {
            fromBackend.insert(.write)
        } else {
            if client.backlog.isEmpty { fromBackend.insert(.read) }
            if !backend.backlog.isEmpty, !current.isBackendDeaf { fromBackend.insert(.write) }
        }
        setInterest(.backend, fromBackend)
    }

    private var wantsClientBytes: Bool {
        guard let current, !hasClientEnded else { return false }
        if current.isAwaitingHead { return client.backlog.isEmpty }
        if current.exchange.isUpgrade || current.exchange.isRequestComplete { return current.input.count < worker.readLimit }
        if current.isWithBackend { return backend.backlog.isEmpty && !current.isBackendDeaf }
        return current.body.count < worker.readLimit
    }

    // MARK: The clock

    var pressure: Exchange.Pressure {
        Exchange.Pressure(
            clientTookAt: client.backlog.isEmpty ? nil : current?.clientTookAt,
            backendTookAt: backend.backlog.isEmpty ? nil : current?.backendTookAt,
            comment: current?.route?.comment ?? .unbounded)
    }

    /// Sees to it that the wheel asks in time. It may ask too early: then it is told the time again.
    func arm() {
        guard let current else { return }
        let next = min(current.exchange.nextDeadline(pressure), retireAt)
        guard next < current.armedAt else { return }
        current.armedAt = next
        worker.schedule(clientSlot, at: next)
    }

    func exchangeExpired() {
        guard let current else { return finish() }
        current.armedAt = .never
        if worker.drain != nil, current.isAwaitingHead, current.input.isEmpty {
            _ = client.end(scratch: worker.scratch)
            return finish()
        }
        if retireAt <= now { retireExchange() }
        guard phase == .exchanging, self.current === current else { return }
        perform(current.exchange.expired(now: now, pressure: pressure))
        if phase == .exchanging { arm() }
    }
}
