import CLinux
import Session
import Telemetry
import Transport

/// One event loop on one thread. Everything it owns stays on that thread; the others reach it through `handle` only.
///
/// A turn: wait for events, look at the clock once, serve each event, then the deadlines that have passed, then let go of the
/// drivers that ended. See ARCHITECTURE.md, "A turn of the loop".
final class Worker {
    let handle: WorkerHandle
    let shared: WorkerShared
    let log: LogSink
    let scratch: Scratch
    let cells: WorkerCells
    private(set) var snapshot: Snapshot
    /// Most bytes of one read: the scratch area, or less where `limits.buffer` is less.
    private(set) var readLimit: Int
    /// The same of tunnels.
    private(set) var tunnelReadLimit: Int
    /// The time of this turn.
    private(set) var now: Moment
    var random = BufferedRandom()
    /// The room in which heads are written: what one holds is sent before the next begins.
    let output = HeadBuffer()
    /// Of an exchange that is over, for another's use: a plain request on a kept connection makes none. Of this snapshot, or nil.
    var spareState: ExchangeState?
    /// The next `spareState`. Whoever stands below in the calls of this event may still ask it whether it is the current one.
    var usedState: ExchangeState?
    /// Set by a drain: no tunnel opens any more.
    var drain: Drain?
    /// Backends that drain, for tunnels that open although.
    var sheds: [BackendKey: ShedOrder] = [:]

    var epoll: Epoll
    var registrations = Registrations()
    private var timers: TimerWheel
    private var expired: [Int] = []
    /// Ended in this turn; kept until its end, since an event may still be on their stack.
    private var graveyard: [SessionDriver] = []
    /// All sessions: it keeps them alive, and is there for the rare things that concern them all.
    var sessions = BySlot<SessionDriver>()
    var listening: [ListeningPlace] = []
    var handshakes = HandshakeTurns()
    var lines = WaitingLines()
    /// Tunnels that had more to say than one read takes.
    var bulk = BulkTurns()
    /// Those who dial on in the next turn.
    private var dialers: [SessionDriver] = []
    /// Connections to backends that wait for the next plain request.
    var kept = KeptConnections()
    /// Given up while accept fails for want of descriptors, so that the admin endpoint has some.
    var reserve = DescriptorReserve()
    var pauseToldAt = Moment(nanoseconds: 0)
    private var isStopped = false
    /// The largest crowd since memory was last given back.
    private var mostSessions = 0
    private static let longestWait: Int32 = 500

    init(handle: WorkerHandle, shared: WorkerShared, snapshot: Snapshot) throws(SystemError) {
        self.handle = handle
        self.shared = shared
        log = shared.log
        self.snapshot = snapshot
        scratch = Scratch(capacity: Worker.largestRead)
        readLimit = min(scratch.capacity, snapshot.settings.limits.buffer)
        tunnelReadLimit = BulkTurns.perRead(of: readLimit)
        cells = shared.registry.process.worker(handle.index)
        now = Moment(nanoseconds: Clock.monotonic())
        epoll = try Epoll()
        timers = TimerWheel(now: now.nanoseconds)
        let wakeup = registrations.insert(.wakeup)
        _ = reserve.fill()
        try epoll.add(handle.mailbox.wakeup.descriptor, .read, token: wakeup.token)
    }

    /// The most that `limits.buffer` may be. Pages of the scratch area that no read reaches cost nothing.
    private static let largestRead = 256 * 1024

    /// What may wait for one socket at the most: a read's worth, what the TLS of it adds, an answer's head, and the proxy's own
    /// frames; past it the session ends. Of the largest that settings may say (`limits.buffer`, `limits.max_head`), for a reload may
    /// bring them while sockets live; what waits is bounded by one read, of the settings of its moment.
    static let backlogBound = 2 * largestRead + 1024 * 1024 + 64 * 1024

    /// Turns until a stop, or until a drain has nothing left.
    func run() {
        watchListeners(of: snapshot)
        while !isStopped {
            turn()
        }
        end()
        handle.isDone.store(true, ordering: .releasing)
        handle.hasLeft.store(true, ordering: .releasing)
    }

    /// Gives back all that it has. Drivers hold their worker: none may stay behind in it.
    func end() {
        unwatchListeners()
        for session in sessions.values { session.cut(.drain) }
        dropAllKept()
        dialers.removeAll()
        graveyard.removeAll()
    }

    func turn() {
        let wait = min(timers.wait(now: now.nanoseconds) ?? Self.longestWait, waitForLines ?? Self.longestWait, Self.longestWait)
        let count = epoll.wait(milliseconds: dialers.isEmpty && bulk.isEmpty ? wait : 0)
        now = Moment(nanoseconds: Clock.monotonic())
        handle.turns.wrappingAdd(1, ordering: .relaxed)
        if count > 0 { serve(count) }
        if !dialers.isEmpty { serveDialers() }
        if !bulk.isEmpty { serveBulk() }
        expireLines()
        serveDeadlines()
        serveHandshakes()
        serveLines()
        resumeListening()
        moveHandshakeGate()
        if !graveyard.isEmpty { graveyard.removeAll(keepingCapacity: true) }
        giveMemoryBack()
        if drain != nil && sessions.isEmpty && handle.load.load(ordering: .relaxed) == 0 { handle.isDone.store(true, ordering: .releasing) }
    }

    /// With thousands of tunnels each event finds its driver out of the processor's caches. Asked for while the event before it is
    /// served, it may be there in time.
    @inline(__always)
    private func serve(_ count: Int) {
        var event = epoll.event(0)
        for index in 1..<count {
            let next = epoll.event(index)
            registrations.fetchOwner(next.token)
            serve(event)
            event = next
        }
        serve(event)
    }

    @inline(__always)
    private func serve(_ event: Epoll.Event) {
        guard let slot = registrations.find(event.token) else { return }
        switch slot.kind {
        case .client: slot.driver?._withUnsafeGuaranteedRef { $0.ready(.client, event) }
        case .backend: slot.driver?._withUnsafeGuaranteedRef { $0.ready(.backend, event) }
        case .listener: acceptSome(Int(slot.position))
        case .wakeup: readMail()
        case .kept: dropKept(slot: Int(UInt32(truncatingIfNeeded: event.token)))
        case .free: break
        }
    }

    /// The driver goes on with its dials in the next turn.
    func goOnLater(_ driver: SessionDriver) { dialers.append(driver) }

    private func serveDialers() {
        let due = dialers
        dialers = []
        for driver in due { driver.goOnDialing() }
    }

    private func serveDeadlines() {
        timers.advance(to: now.nanoseconds, expired: &expired)
        guard !expired.isEmpty else { return }
        for slot in expired {
            switch registrations.kind(atSlot: slot) {
            case .client: registrations.driver(atSlot: slot)?._withUnsafeGuaranteedRef { $0.expired() }
            case .backend: registrations.driver(atSlot: slot)?._withUnsafeGuaranteedRef { $0.backend.probe() }
            case .kept: dropKept(slot: slot)
            case .free, .wakeup, .listener: break
            }
        }
        expired.removeAll(keepingCapacity: true)
    }

    /// Sets the one deadline of what stands at `slot`.
    func schedule(_ slot: Int, at moment: Moment) { timers.schedule(slot, at: moment.nanoseconds) }

    func unschedule(_ slot: Int) { timers.cancel(slot) }

    func bury(_ session: SessionDriver, slot: Int) {
        // First: the events' references are not counted, so `sessions` may hold the last one.
        graveyard.append(session)
        timers.cancel(slot)
        handshakeEnded(slot)
        registrations.remove(slot)
        sessions[slot] = nil
        cells.departed()
        handle.load.wrappingSubtract(1, ordering: .relaxed)
    }

    /// After a crowd has left, what malloc keeps for the next one goes back to the system.
    private func giveMemoryBack() {
        mostSessions = max(mostSessions, sessions.count)
        guard mostSessions >= 256, sessions.count * 4 < mostSessions else { return }
        mostSessions = sessions.count
        cl_trim_malloc()
    }

    private func readMail() {
        for message in handle.mailbox.take() {
            switch message {
            case .connection(let descriptor, let peer, let listener): begin(descriptor, peer, listener)
            case .adopt(let snapshot): adopt(snapshot)
            case .drain(let period): beginDrain(over: Moment.Span(period))
            case .shed(let order): shed(order)
            case .stop: isStopped = true
            }
        }
    }

    private func adopt(_ new: Snapshot) {
        snapshot = new
        spareState = nil
        usedState = nil
        readLimit = min(scratch.capacity, new.settings.limits.buffer)
        tunnelReadLimit = BulkTurns.perRead(of: readLimit)
        rearrangeKept()
        watchListeners(of: new)
        for session in sessions.values where session.isIdle && !session.listener.isIn(new) { session.sayGoodbye() }
        rerouteWaiting()
        dropLines()
        retireTunnels()
    }
}
