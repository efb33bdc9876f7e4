import Session
import TLS
import Transport

/// The connection stands: the request, its answer, and the way out.
extension CheckLoop {
    func ready(_ check: ActiveCheck, _ slot: Int, _ event: Epoll.Event) {
        switch check.stage {
        case .dialing: if event.isWritable { dialDecided(check, slot) }
        case .shakingHands: handshakeReady(check, slot, event)
        case .talking: answerReady(check, slot, event)
        case .leaving: leaveReady(check, slot, event)
        }
    }

    /// - Parameter early: what came together with the last word of the handshake, and so before we asked.
    func connectionStands(_ check: ActiveCheck, _ slot: Int, _ early: Stream.Received = Stream.Received()) {
        check.stage = .talking
        wheel.schedule(slot, at: check.deadline)
        var exchange = CheckExchange(check.job.target.plan, accept: { WebSocketAccept.value(forKey: $0) }, using: &random)
        var action = CheckExchange.Action.wait
        if early.count > 0 || early.ending != nil, check.job.target.plan.kind != .tcp {
            action = early.count > 0 ? .failed(.badAnswer) : .failed(.closed)
        } else {
            action = exchange.connected()
        }
        check.exchange = exchange
        act(check, slot, action)
    }

    private func answerReady(_ check: ActiveCheck, _ slot: Int, _ event: Epoll.Event) {
        if event.isWritable, !check.stream.backlog.isEmpty, let ending = check.stream.flush() { return broke(check, slot, ending) }
        guard event.isReadable, let appetite = check.exchange?.appetite else { return watch(check, slot) }
        let received = check.stream.receive(into: scratch, limit: max(appetite, 1))
        var action = CheckExchange.Action.wait
        if received.count > 0 {
            let bytes = UnsafeBufferPointer(start: scratch.plain.assumingMemoryBound(to: UInt8.self), count: received.count)
            action = check.exchange?.received(bytes.span) ?? .wait
        }
        // A body without a length ends with the connection. Without close_notify too: much software leaves it out.
        if action == .wait, let ending = received.ending {
            guard ending == .fin || ending == .truncated else { return broke(check, slot, ending) }
            action = check.exchange?.ended() ?? .failed(.closed)
        }
        act(check, slot, action)
    }

    private func act(_ check: ActiveCheck, _ slot: Int, _ action: CheckExchange.Action) {
        switch action {
        case .send(let bytes):
            if let ending = send(check, bytes) { return broke(check, slot, ending) }
            watch(check, slot)
        case .wait: watch(check, slot)
        case .passed(let farewell):
            if !farewell.isEmpty { _ = send(check, farewell) }
            leave(check, slot)
            tell(check, .passed)
        case .draining:
            leave(check, slot)
            tell(check, .draining)
        case .failed(let failure):
            leave(check, slot)
            tell(check, .failed(failure), detail(check, failure))
        }
    }

    private func broke(_ check: ActiveCheck, _ slot: Int, _ ending: Stream.Ending) {
        let failure = Self.failure(ending)
        drop(check, slot)
        tell(check, .failed(failure), Self.words(ending))
    }

    private func send(_ check: ActiveCheck, _ bytes: [UInt8]) -> Stream.Ending? {
        bytes.withUnsafeBytes { check.stream.send($0, scratch: scratch) }
    }

    func detail(_ check: ActiveCheck, _ failure: CheckFailure) -> String {
        guard let status = check.exchange?.status else { return "" }
        return "status \(status)"
    }

    /// Reads, and writes as long as something waits.
    func watch(_ check: ActiveCheck, _ slot: Int) {
        let wanted: Interest = check.stream.backlog.isEmpty ? .read : [.read, .write]
        guard wanted != check.stream.interest else { return }
        // Only a shortage of kernel memory refuses; the deadline ends what can no longer be watched.
        try? epoll.modify(check.stream.descriptor, wanted, token: token(slot))
        check.stream.interest = wanted
    }

    // MARK: The way out

    /// Ends the connection so that the backend sees an orderly end.
    ///
    /// A plain connection over which nothing was said is reset instead (SO_LINGER 0): there is nothing to lose, and neither side keeps
    /// it in TIME_WAIT. So is one whose answer was longer than we read: to take in the rest would cost more.
    private func leave(_ check: ActiveCheck, _ slot: Int) {
        let isCut = check.exchange?.isCut ?? true
        let hasSpoken = check.exchange?.plan.kind != .tcp || check.stream.isEncrypted || !check.job.target.preface.isEmpty
        guard hasSpoken, !isCut, check.stream.end(scratch: scratch) == nil else { return drop(check, slot, reset: true) }
        check.stage = .leaving
        wheel.schedule(slot, at: now.addingReportingOverflow(Self.parting).partialValue)
        watch(check, slot)
    }

    private func leaveReady(_ check: ActiveCheck, _ slot: Int, _ event: Epoll.Event) {
        if event.isWritable, !check.stream.backlog.isEmpty, check.stream.flush() != nil { return drop(check, slot, reset: true) }
        guard event.isReadable else { return watch(check, slot) }
        let received = check.stream.receive(into: scratch, limit: scratch.capacity)
        check.discarded += received.count
        if received.ending != nil { return drop(check, slot) }
        if check.discarded > Self.mostDiscarded { return drop(check, slot, reset: true) }
        watch(check, slot)
    }
}
