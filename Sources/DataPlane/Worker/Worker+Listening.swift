import CLinux
import Session
import Telemetry
import Transport

/// A listening socket that this worker watches.
struct ListeningPlace {
    var runtime: ListenerRuntime
    var slot: Int
    var token: UInt64
    /// Left alone for a moment: the system is short of descriptors or memory.
    var pausedUntil: Moment?
    /// Left alone while the worker has as many handshakes as it may.
    var isShut = false

    var isWatched: Bool { pausedUntil == nil && !isShut }
}

extension Worker {
    /// How many connections one event may bring before the others have their turn.
    private static let batch = 64
    /// A queue is emptied so far when its listener goes; an inherited one is left to whoever lent it.
    private static let longestQueue = 4096

    /// Watches what the snapshot listens on. Sockets that it no longer names are emptied first, so that nobody in their queue
    /// is reset.
    func watchListeners(of snapshot: Snapshot) {
        for (position, place) in listening.enumerated().reversed() {
            if let runtime = snapshot.runtimes.first(where: { $0.socket === place.runtime.socket }) {
                listening[position].runtime = runtime
            } else {
                stopListening(at: position)
            }
        }
        guard drain == nil else { return }
        for runtime in snapshot.runtimes where !listening.contains(where: { $0.runtime.socket === runtime.socket }) {
            watch(runtime)
        }
        // Which of them have TLS may have changed, and how many handshakes there may be: this turn's end sees to it.
        if handshakes.isShut {
            handshakes.isShut = false
            openListeners()
        }
    }

    func unwatchListeners() {
        for position in listening.indices.reversed() { stopListening(at: position) }
    }

    private func watch(_ runtime: ListenerRuntime) {
        let (slot, token) = registrations.insert(.listener, position: listening.count)
        listening.append(ListeningPlace(runtime: runtime, slot: slot, token: token))
        do {
            try epoll.add(runtime.socket.descriptor, [.read, .exclusive], token: token)
        } catch {
            pauseListening(runtime, error)
        }
    }

    private func stopListening(at position: Int) {
        let place = listening[position]
        place.runtime.socket.stopArrivals()
        var left = place.runtime.socket.isInherited ? 0 : Self.longestQueue
        while left > 0, acceptOne(place.runtime) { left -= 1 }
        place.runtime.socket.stopListening()
        epoll.remove(place.runtime.socket.descriptor)
        registrations.remove(place.slot)
        listening.remove(at: position)
        // The positions behind it have moved up.
        for later in listening.indices where later >= position {
            registrations.remove(listening[later].slot)
            let (slot, token) = registrations.insert(.listener, position: later)
            listening[later].slot = slot
            listening[later].token = token
            let descriptor = listening[later].runtime.socket.descriptor
            epoll.remove(descriptor)
            guard listening[later].isWatched else { continue }
            try? epoll.add(descriptor, [.read, .exclusive], token: token)
        }
    }

    func acceptSome(_ position: Int) {
        guard listening.indices.contains(position) else { return }
        let runtime = listening[position].runtime
        for _ in 0..<Self.batch {
            guard hasRoom(for: runtime), acceptOne(runtime) else { return }
        }
    }

    /// Stops watching listeners with TLS. What their wakeup was for may lie in the queue still, and no other worker would hear of it: it
    /// goes to those who have room. When nobody has, the first who has again looks into the queue.
    func shutListeners() {
        var isAny = false
        for position in listening.indices where listening[position].runtime.tls != nil {
            isAny = true
            epoll.remove(listening[position].runtime.socket.descriptor)
            listening[position].isShut = true
            acceptSome(position)
        }
        if isAny { shared.registry.process.limitHit(.maxTLSHandshakes) }
    }

    func openListeners() {
        for position in listening.indices where listening[position].isShut {
            listening[position].isShut = false
            if listening[position].pausedUntil == nil { rewatch(position) }
        }
    }

    /// Level-triggered: what came meanwhile is reported at once.
    private func rewatch(_ position: Int) {
        let place = listening[position]
        do {
            try epoll.add(place.runtime.socket.descriptor, [.read, .exclusive], token: place.token)
        } catch {
            listening[position].pausedUntil = now.after(Moment.Span(nanoseconds: 200_000_000))
        }
    }

    /// Whether there may be another one.
    private func acceptOne(_ runtime: ListenerRuntime) -> Bool {
        switch Acceptor.accept(runtime.socket) {
        case .accepted(let descriptor, let peer):
            place(descriptor, peer, runtime)
            return true
        case .vanished: return true
        case .empty: return false
        case .shortage(let error), .broken(let error):
            runtime.meter.worker(handle.index).refused(.descriptors)
            shared.registry.process.limitHit(.descriptors)
            reserve.release()
            dropAllKept()
            pauseListening(runtime, error)
            return false
        }
    }

    /// Gives a new connection to the worker with the fewest, so that long-lived ones lie level.
    private func place(_ descriptor: Int32, _ peer: SocketAddress, _ runtime: ListenerRuntime) {
        let ceiling = shared.capacity(configured: snapshot.settings.limits.maxConnections) + WorkerShared.surplus
        guard shared.connections < ceiling else {
            cl_close(descriptor)
            runtime.meter.worker(handle.index).refused(.maxConnections)
            log.emit(.info, "refused") { line in
                line.field("listener", runtime.name)
                line.field("reason", "max_connections")
            }
            shared.registry.process.limitHit(.maxConnections)
            return
        }
        let target = shared.lightest(askedBy: handle, mostHandshakes: runtime.tls != nil ? mostHandshakes : .max)
        target.load.wrappingAdd(1, ordering: .relaxed)
        if target === handle {
            begin(descriptor, peer, runtime)
        } else {
            target.mailbox.post(.connection(descriptor, peer, runtime))
        }
    }

    /// A connection of this worker, counted in `handle.load` already.
    func begin(_ descriptor: Int32, _ peer: SocketAddress, _ runtime: ListenerRuntime) {
        cells.arrived()
        SessionDriver.accept(descriptor, peer, runtime, on: self)
    }

    /// Whether descriptors are so short that none may be spent on backends either.
    var isShort: Bool {
        // By position: asked in each turn, and a place in hand would be a copy.
        listening.indices.contains { listening[$0].pausedUntil != nil }
    }

    /// Level-triggered events would come without end while accept cannot succeed.
    private func pauseListening(_ runtime: ListenerRuntime, _ error: SystemError) {
        guard let position = listening.firstIndex(where: { $0.runtime.socket === runtime.socket }),
            listening[position].pausedUntil == nil
        else { return }
        listening[position].pausedUntil = now.after(Moment.Span(nanoseconds: 200_000_000))
        epoll.remove(runtime.socket.descriptor)
        // A shortage that lasts pauses again and again; it is told now and then.
        guard pauseToldAt.after(Moment.Span(nanoseconds: 10_000_000_000)) <= now || pauseToldAt.nanoseconds == 0 else { return }
        pauseToldAt = now
        log.emit(.warn, "accept_paused") { line in
            line.field("listener", runtime.name)
            line.field("reason", error.description)
        }
    }

    func resumeListening() {
        guard isShort, listening.contains(where: { ($0.pausedUntil ?? .never) <= now }) else { return }
        // Without its reserve back a worker takes nobody in: the next shortage would find nothing to give up.
        guard reserve.fill() else {
            for position in listening.indices where listening[position].pausedUntil != nil {
                listening[position].pausedUntil = now.after(Moment.Span(nanoseconds: 200_000_000))
            }
            return
        }
        for position in listening.indices {
            guard let until = listening[position].pausedUntil, until <= now else { continue }
            listening[position].pausedUntil = nil
            if !listening[position].isShut { rewatch(position) }
        }
    }
}
