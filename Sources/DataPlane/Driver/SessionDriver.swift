import CLinux
import Session
import TLS
import Transport
import Wire

/// Carries one session: feeds what happens on its two sockets to the pure machines of Session, and does what they say.
///
/// Before the 101 everything needed only then lies in `opening`; after it, that is gone and `relaying` rules. A driver lives
/// in its worker's `sessions` until `finish`, and is touched by no other thread.
final class SessionDriver {
    enum Phase: UInt8 {
        case tlsHandshake, opening, answering, relaying
        /// Our last words are said; what the client still sends is read and dropped, so that no RST destroys them.
        case lingering
        case over
    }

    /// The worker outlives its drivers: they are all in its `sessions`.
    unowned(unsafe) let worker: Worker
    /// The worker's; here so that a message takes one step less to it.
    unowned(unsafe) let scratch: Scratch
    let listener: ListenerRuntime
    let peer: PeerName
    let acceptedAt: Moment

    var client: Stream
    var backend = Stream()
    var clientSlot = -1
    var backendSlot = -1
    var phase: Phase
    var opening: Opening?
    /// Meaningful in `.relaying` only.
    var relaying: Relaying
    /// Set when a backend has been chosen; the log's facts and the counters.
    var tunnel: TunnelRecord?
    /// The pool's counters of this worker, kept alive by `tunnel`: here so that counting a message touches no object.
    var cells: PoolCells?
    /// The beginnings of frames that wait for their rest. Empty, and without memory, nearly always.
    var heldFromClient: [UInt8] = []
    var heldFromBackend: [UInt8] = []
    /// A side that took no more in this turn.
    var failedSend: (side: Side, ending: Stream.Ending)?
    var traffic = Traffic()
    /// When a drain wants this tunnel to end.
    var retireAt = Moment.never
    var retireCause = CloseReason.Cause.drain
    var countsInDrain = false

    private init(
        _ client: consuming Stream, peer: PeerName, listener: ListenerRuntime, phase: Phase, opening: Opening, worker: Worker
    ) {
        self.client = client
        self.peer = peer
        self.listener = listener
        self.phase = phase
        self.opening = opening
        self.worker = worker
        scratch = worker.scratch
        acceptedAt = worker.now
        relaying = Relaying(rules: worker.snapshot.rules, extensions: false, now: worker.now)
    }

    /// Begins a session on an accepted socket, which it owns from here on.
    static func accept(_ descriptor: Int32, _ peer: SocketAddress, _ listener: ListenerRuntime, on worker: Worker) {
        let settings = worker.snapshot.settings
        let deadline = worker.now.after(worker.snapshot.handshake)
        let opening = Opening(
            exchange: Exchange(limits: worker.snapshot.headLimits, deadline: deadline), snapshot: worker.snapshot)
        opening.isSurplus = worker.shared.connections > worker.shared.capacity(configured: settings.limits.maxConnections)
        let stream: Stream
        if let context = listener.tls {
            stream = .serving(descriptor, context: context, scratch: worker.scratch, bound: worker.backlogBound)
        } else {
            stream = Stream(owning: descriptor, bound: worker.backlogBound)
        }
        let driver = SessionDriver(
            stream, peer: PeerName(peer), listener: listener, phase: listener.tls == nil ? .opening : .tlsHandshake,
            opening: opening, worker: worker)
        listener.meter.worker(worker.handle.index).accepted()
        let (slot, token) = worker.registrations.insert(.client, driver: Unmanaged.passUnretained(driver))
        driver.clientSlot = slot
        worker.sessions[slot] = driver
        guard driver.client.isOpen, driver.watch(.client, .read, token: token) else {
            driver.finish()
            return
        }
        worker.schedule(slot, at: deadline)
        if worker.drain != nil { driver.drainBegan() }
    }

    var now: Moment { worker.now }
    var isTunnel: Bool { phase == .relaying }

    /// An event on one of the two sockets.
    @inline(__always)
    func ready(_ side: Side, _ event: Epoll.Event) {
        if phase == .relaying {
            relayReady(side, event)
        } else {
            openingReady(side, event)
        }
    }

    /// The session's one deadline has passed, or is near.
    func expired() {
        switch phase {
        case .relaying: relayExpired()
        case .tlsHandshake: worker.drain == nil ? tlsFailed("timeout") : finish()
        case .opening: openingExpired()
        case .answering: answeringExpired()
        case .lingering: lingeringExpired()
        case .over: break
        }
    }

    /// Ends it at once, whatever it is doing.
    func cut(_ cause: CloseReason.Cause) {
        guard phase != .over else { return }
        if phase == .relaying { relaying.cut(cause) }
        finish()
    }

    /// Sockets, counters, slots: everything goes back. The last thing a driver does.
    func finish(reset: Bool = false) {
        guard phase != .over else { return }
        let wasTunnel = phase == .relaying
        if wasTunnel { accountEnd() }
        phase = .over
        opening = nil
        dropBackend(reset: reset)
        client.close(reset: reset)
        listener.meter.worker(worker.handle.index).closed()
        if countsInDrain { worker.shared.registry.process.moveDrainRemaining(by: -1) }
        worker.bury(self, slot: clientSlot)
    }

    /// Closes the backend's socket and gives its place in the pool back.
    func dropBackend(reset: Bool = false) {
        if backendSlot >= 0 {
            worker.registrations.remove(backendSlot)
            backendSlot = -1
        }
        backend.close(reset: reset)
        if let held = tunnel?.takePlace() { held.release() }
    }
}
