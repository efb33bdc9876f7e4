import Session
import Telemetry
import Transport

/// TLS handshakes with clients on one worker: how many there are, and whose turn it is.
struct HandshakeTurns {
    var gate = HandshakeGate()
    /// Steps that became due in this turn; they wait until the tunnels were served.
    var due: [Epoll.Event] = []
    /// The worker accepts nothing more on listeners with TLS for now.
    var isShut = false
}

/// A handshake's step costs about as much as a hundred messages. So the tunnels of a turn come first, then a few steps; the rest of them is
/// reported again with the next turn. Past `limits.max_tls_handshakes` the others wait in the listener's queue.
extension Worker {
    /// Steps in one turn.
    private static let stepsAtOnce = 4

    /// A client in its handshake has said something.
    func postpone(_ event: Epoll.Event) { handshakes.due.append(event) }

    /// After everything else of a turn.
    func serveHandshakes() {
        guard !handshakes.due.isEmpty else { return }
        for event in handshakes.due.prefix(Self.stepsAtOnce) {
            // A deadline may have ended it in this turn.
            registrations.find(event.token)?.driver?._withUnsafeGuaranteedRef { $0.handshakeReady(event) }
        }
        handshakes.due.removeAll(keepingCapacity: true)
    }

    /// A connection on a listener with TLS begins here. Whoever accepted it has counted it in `handle.handshakes`.
    func handshakeBegan(_ slot: Int) { handshakes.gate.began(slot: slot, at: now) }

    /// It is complete or gone. Once is enough, more do no harm.
    func handshakeEnded(_ slot: Int) {
        guard !handshakes.gate.isEmpty, handshakes.gate.ended(slot: slot) else { return }
        handle.handshakes.wrappingSubtract(1, ordering: .relaxed)
    }

    /// At the end of a turn: listeners with TLS are watched while there is room for their handshakes.
    func moveHandshakeGate() {
        if !handshakes.gate.isEmpty {
            let expired = handshakes.gate.expire(at: now)
            if expired > 0 { handle.handshakes.wrappingSubtract(expired, ordering: .relaxed) }
        }
        let isFull = handle.handshakes.load(ordering: .relaxed) >= mostHandshakes
        guard isFull != handshakes.isShut else { return }
        handshakes.isShut = isFull
        if isFull { shutListeners() } else { openListeners() }
    }

    /// `limits.max_tls_handshakes`, where 0 is without a bound.
    var mostHandshakes: Int {
        let configured = snapshot.settings.limits.maxTLSHandshakes
        return configured > 0 ? configured : .max
    }

    /// Whether some worker can take a connection from this listener. The own one comes first as a rule, and is asked first.
    func hasRoom(for runtime: ListenerRuntime) -> Bool {
        guard runtime.tls != nil else { return true }
        let most = mostHandshakes
        return handle.handshakes.load(ordering: .relaxed) < most
            || shared.handles.contains { $0.handshakes.load(ordering: .relaxed) < most }
    }
}
