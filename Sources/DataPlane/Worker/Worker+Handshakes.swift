import Session
import Telemetry
import Transport

/// TLS handshakes with clients on one worker: how many there are, and whose turn it is.
struct HandshakeTurns {
    var gate = HandshakeGate()
    /// Tokens of the clients beyond the bound, in the order in which they began; some may be gone.
    private var held: [UInt64] = []
    private var firstHeld = 0
    /// Steps that became due in this turn; they wait until the tunnels were served.
    var due: [Epoll.Event] = []
    /// The worker accepts nothing more on listeners with TLS for now.
    var isShut = false

    var holdsAny: Bool { firstHeld < held.count }

    mutating func hold(_ token: UInt64) { held.append(token) }

    mutating func nextHeld() -> UInt64? {
        guard holdsAny else { return nil }
        defer {
            firstHeld += 1
            if firstHeld == held.count {
                (held, firstHeld) = ([], 0)
            } else if firstHeld >= 64, firstHeld > held.count / 2 {
                // Under a flood somebody is always held: what was let go of must not pile up.
                held.removeFirst(firstHeld)
                firstHeld = 0
            }
        }
        return held[firstHeld]
    }
}

/// A handshake's step costs about as much as a hundred messages. So the tunnels of a turn come first, then a few steps; the
/// rest of them is reported again with the next turn. At `limits.max_tls_handshakes` the others wait in the listener's queue, and
/// those who were accepted before they had said anything wait unheard. Who says nothing costs no handshake, and keeps nobody out.
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

    /// A client has said its first word of TLS. False when it is held until there is room for it.
    func beginsHandshake(_ event: Epoll.Event, _ slot: Int) -> Bool {
        guard hasRoomForHandshake, !handshakes.holdsAny else {
            handshakes.hold(event.token)
            return false
        }
        handshakeBegan(slot)
        postpone(event)
        return true
    }

    private var hasRoomForHandshake: Bool { handle.handshakes.load(ordering: .relaxed) < mostHandshakes }

    private func handshakeBegan(_ slot: Int) {
        handshakes.gate.began(slot: slot, at: now)
        handle.handshakes.wrappingAdd(1, ordering: .relaxed)
    }

    /// It is complete or gone. Once is enough, more do no harm.
    func handshakeEnded(_ slot: Int) {
        guard !handshakes.gate.isEmpty, handshakes.gate.ended(slot: slot) else { return }
        handle.handshakes.wrappingSubtract(1, ordering: .relaxed)
    }

    /// At the end of a turn: those who were held come first, and listeners with TLS are watched while there is room besides.
    func moveHandshakeGate() {
        if !handshakes.gate.isEmpty {
            let expired = handshakes.gate.expire(at: now)
            if expired > 0 { handle.handshakes.wrappingSubtract(expired, ordering: .relaxed) }
        }
        while hasRoomForHandshake, let token = handshakes.nextHeld() {
            guard let slot = registrations.find(token), let driver = slot.driver else { continue }
            if driver._withUnsafeGuaranteedRef({ $0.handshakeMayBegin() }) { handshakeBegan(Int(UInt32(truncatingIfNeeded: token))) }
        }
        let isFull = !hasRoomForHandshake
        guard isFull != handshakes.isShut else { return }
        handshakes.isShut = isFull
        if isFull { shutListeners() } else { openListeners() }
    }

    /// `limits.max_tls_handshakes`, where 0 is without a bound.
    var mostHandshakes: Int {
        let configured = snapshot.settings.limits.maxTLSHandshakes
        return configured > 0 ? configured : .max
    }

    /// Whether some worker has fewer handshakes under way than it may. The own one comes first as a rule, and is asked first.
    func hasRoom(for runtime: ListenerRuntime) -> Bool {
        guard runtime.tls != nil else { return true }
        let most = mostHandshakes
        return handle.handshakes.load(ordering: .relaxed) < most
            || shared.handles.contains { $0.handshakes.load(ordering: .relaxed) < most }
    }
}
