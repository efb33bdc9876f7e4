import CLinux
import Session
import Synchronization
import TLS
import Transport
import Wire

/// Carries one session: feeds what happens on its two sockets to the pure machines of Session, and does what they say.
///
/// While it is no tunnel everything needed only then lies in `current`, one exchange after the other; after a 101 that is gone
/// and `relaying` rules. A driver lives in its worker's `sessions` until `finish`, and is touched by no other thread.
final class SessionDriver {
    enum Phase: UInt8 {
        case proxyHeader
        /// The client shall begin TLS, and has said nothing yet.
        case tlsAwaited
        /// It has begun, while as many handshakes are under way as may be: nobody listens to it until one is over.
        case tlsHeld
        case tlsHandshake
        /// Requests and their answers.
        case exchanging
        case relaying
        /// Our last words are said; what the client still sends is read and dropped, so that no RST destroys them.
        case lingering
        case over
    }

    // What each message touches comes first, in one piece: with thousands of tunnels it is what has to come from memory.

    /// Each holds the other until `finish`, which is at the latest where the worker's `run` ends.
    let worker: Worker
    /// The worker's; here so that a message takes one step less to it.
    let scratch: Scratch
    var client: Stream
    var backend = Stream()
    // Small ones stand together, so that they share a word.
    var phase: Phase
    /// Nothing more comes from the client; it may still listen. Of a tunnel `relaying` knows that.
    var hasClientEnded = false
    /// `serveInput` is at work.
    var isServing = false
    var countsInDrain = false
    /// Whether the worker's `bulk` holds a side.
    var isClientBulk = false
    var isBackendBulk = false
    var retireCause = CloseReason.Cause.drain
    /// The beginnings of frames that wait for their rest. Empty, and without memory, nearly always.
    var heldFromClient: [UInt8] = []
    var heldFromBackend: [UInt8] = []
    /// A side that took no more in this turn.
    var failedSend: (side: Side, ending: Stream.Ending)?
    /// The pool's counters of this worker, kept alive by `tunnel`: here so that counting a message touches no object.
    var cells: PoolCells?
    var traffic = Traffic()
    /// Meaningful in `.relaying` only.
    var relaying: Relaying

    /// About the lines of 64 bytes from the object's beginning to the end of `relaying`; what lies last there is rarely read.
    static let linesOfAMessage: Int32 = 9

    let listener: ListenerRuntime
    /// Whom the PROXY protocol names, once it has.
    var peer: PeerName
    let acceptedAt: Moment
    var clientSlot = -1
    var backendSlot = -1
    var current: ExchangeState?
    /// Set when a backend has been chosen; the log's facts and the counters.
    var tunnel: TunnelRecord?
    /// When a drain wants this tunnel or stream to end.
    var retireAt = Moment.never
    /// How it leaves its backend when that is why it retires, or how long it may live.
    var leave = Leave()

    private init(
        _ client: consuming Stream, peer: PeerName, listener: ListenerRuntime, phase: Phase, current: ExchangeState, worker: Worker
    ) {
        self.client = client
        self.peer = peer
        self.listener = listener
        self.phase = phase
        self.current = current
        self.worker = worker
        scratch = worker.scratch
        acceptedAt = worker.now
        relaying = Relaying(rules: worker.snapshot.rules, extensions: false, now: worker.now)
    }

    /// Begins a session on an accepted socket, which it owns from here on.
    static func accept(_ descriptor: Int32, _ peer: SocketAddress, _ listener: ListenerRuntime, on worker: Worker) {
        let settings = worker.snapshot.settings
        let rules = worker.snapshot.exchangeRules
        let deadline = worker.now.after(rules.handshake)
        let current = ExchangeState(exchange: Exchange(rules: rules, deadline: deadline), snapshot: worker.snapshot, armedAt: deadline)
        current.isSurplus = worker.shared.connections > worker.shared.capacity(configured: settings.limits.maxConnections)
        let stream: Stream
        if let context = listener.tls {
            stream = .serving(descriptor, context: context, scratch: worker.scratch, bound: Worker.backlogBound)
        } else {
            stream = Stream(owning: descriptor, bound: Worker.backlogBound)
        }
        let name = PeerName(peer)
        let isProxied = listener.acceptsProxyProtocol && name.isAmong(settings.trustedProxies)
        let driver = SessionDriver(
            stream, peer: name, listener: listener,
            phase: isProxied ? .proxyHeader : listener.tls == nil ? .exchanging : .tlsAwaited, current: current, worker: worker)
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

    /// An event on one of the two sockets.
    @inline(__always)
    func ready(_ side: Side, _ event: Epoll.Event) {
        if phase == .relaying {
            relayReady(side, event)
        } else {
            exchangeReady(side, event)
        }
    }

    /// The session's one deadline has passed, or is near.
    func expired() {
        switch phase {
        case .relaying: relayExpired()
        case .proxyHeader: finish()
        case .tlsAwaited, .tlsHeld, .tlsHandshake: worker.drain == nil ? tlsFailed("timeout") : finish()
        case .exchanging:
            exchangeExpired()
            settleExchange()
        case .lingering: lingeringExpired()
        case .over: break
        }
    }

    /// Ends it at once, whatever it is doing.
    func cut(_ cause: CloseReason.Cause) {
        guard phase != .over else { return }
        if phase == .relaying { relaying.cut(cause) }
        let isAnswering = phase == .exchanging && current?.kind != nil
        if isAnswering {
            worker.shared.cutTunnels.wrappingAdd(1, ordering: .relaxed)
            accountRequest(status: current?.status ?? 0, reason: "draining")
        }
        finish(reset: isAnswering)
    }

    /// Sockets, counters, slots: everything goes back. The last thing a driver does.
    func finish(reset: Bool = false) {
        guard phase != .over else { return }
        leaveLine()
        // Whoever sees the counters move finds the place free.
        giveBack()
        if phase == .relaying { accountEnd() }
        leave.isOver()
        phase = .over
        leaveKind(current)
        current = nil
        dropBackend(reset: reset)
        client.close(reset: reset)
        listener.meter.worker(worker.handle.index).closed()
        if countsInDrain { worker.shared.registry.process.moveDrainRemaining(by: -1) }
        worker.bury(self, slot: clientSlot)
    }

    /// Closes the backend's socket and gives its place in the pool back.
    func dropBackend(reset: Bool = false) {
        if backendSlot >= 0 {
            worker.unschedule(backendSlot)
            worker.registrations.remove(backendSlot)
            backendSlot = -1
        }
        backend.close(reset: reset)
        giveBack()
    }
}
