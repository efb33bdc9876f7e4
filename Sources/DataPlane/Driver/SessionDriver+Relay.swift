import Session
import Telemetry
import Transport
import Wire

/// RelayPump: the bytes of a tunnel. Nothing here allocates, locks or counts references per message.
extension SessionDriver {
    @inline(__always)
    func relayReady(_ side: Session.Side, _ event: Epoll.Event) {
        if event.isWritable, backlogCount(side) > 0 {
            flush(side)
            guard phase == .relaying else { return }
        }
        // Those who have more wait for their turn, and are read then.
        guard event.isReadable, side.isClient ? client.interest.reads && !isClientBulk : backend.interest.reads && !isBackendBulk else {
            return
        }
        guard pump(from: side), phase == .relaying else { return }
        if side.isClient { isClientBulk = true } else { isBackendBulk = true }
        worker.bulk.append(worker.registrations.token(side.isClient ? clientSlot : backendSlot))
    }

    /// One read more, of a side that had more to say than one read takes.
    ///
    /// - Returns: how many bytes came; nil when its turn is over.
    func pumpOn(_ side: Session.Side) -> Int? {
        let before = side.isClient ? traffic.bytesToBackend : traffic.bytesToClient
        if phase == .relaying, side.isClient ? client.interest.reads : backend.interest.reads, pump(from: side), phase == .relaying {
            return Int(truncatingIfNeeded: (side.isClient ? traffic.bytesToBackend : traffic.bytesToClient) &- before)
        }
        if side.isClient { isClientBulk = false } else { isBackendBulk = false }
        return nil
    }

    /// One read, and everything it leads to.
    ///
    /// - Returns: whether the socket may hold more.
    func pump(from side: Session.Side) -> Bool {
        let received = receive(side, limit: worker.tunnelReadLimit)
        if received.count > 0 { relay(received.count, from: side) }
        if let ending = received.ending { ended(side, ending) }
        // What reading made us say (a TLS key update's answer) may wait for the socket, too.
        if backlogCount(side) > 0, !(side.isClient ? client.interest.writes : backend.interest.writes) { refreshInterests() }
        if let failed = failedSend { hearLastWords(of: failed.side, failed.ending) }
        if relaying.needsAttention { settle() }
        return received.isFull
    }

    /// A side that takes no more may have said why before: its Close can still lie in the socket. It is read to its end, or a
    /// few reads far, before it counts as lost.
    private func hearLastWords(of side: Session.Side, _ ending: Stream.Ending) {
        failedSend = nil
        for _ in 0..<8 where !relaying[side].hasEnded && failedSend == nil && backlogCount(side.other) == 0 {
            let received = receive(side, limit: worker.tunnelReadLimit)
            if received.count > 0 { relay(received.count, from: side) }
            if received.count == 0 || received.ending != nil { break }
        }
        if let second = failedSend { ended(second.side, second.ending) }
        failedSend = nil
        ended(side, ending)
    }

    /// `count` bytes in the scratch area that `side` sent, behind those held from the last time.
    func relay(_ count: Int, from side: Session.Side) {
        let held = side.isClient ? heldFromClient.count : heldFromBackend.count
        let base = UnsafeRawPointer(scratch.plain - held)
        if held > 0 { bringHeld(from: side) }
        let bytes = UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: held + count)
        let now = worker.now
        relaying.heard(from: side, now: now)
        var offset = 0
        walk: while true {
            switch relaying.next(from: side, bytes.span, at: &offset, now: now) {
            case .forward(let range):
                forward(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count), from: side)
            case .inject(let injection): inject(injection, toward: side.other)
            case .hold(let start): hold(bytes.span, from: start, side)
            case .done: break walk
            }
        }
        account(count, from: side, now: now)
        if backlogCount(side.other) > 0 { refreshInterests() }
    }

    @inline(__always)
    private func forward(_ bytes: UnsafeRawBufferPointer, from side: Session.Side) {
        // One failure is enough: what follows would fail the same way.
        if let failedSend, failedSend.side.isClient == side.other.isClient { return }
        if let failure = transmit(bytes, to: side.other) { failedSend = (side.other, failure) }
    }

    @inline(__always)
    private func account(_ count: Int, from side: Session.Side, now: Moment) {
        let direction: Direction = side.isClient ? .toBackend : .toClient
        let tally = relaying.takeTally(of: side, now: now)
        if side.isClient {
            traffic.bytesToBackend &+= UInt64(count)
            traffic.messagesToBackend &+= UInt64(tally.messages)
        } else {
            traffic.bytesToClient &+= UInt64(count)
            traffic.messagesToClient &+= UInt64(tally.messages)
        }
        guard let cells else { return }
        cells.bytes(direction, count)
        if tally.texts > 0 { cells.messages(direction, .text, Int(tally.texts)) }
        if tally.binaries > 0 { cells.messages(direction, .binary, Int(tally.binaries)) }
        if tally.pings > 0 { cells.messages(direction, .ping, Int(tally.pings)) }
        if tally.pongs > 0 { cells.messages(direction, .pong, Int(tally.pongs)) }
        if tally.closes > 0 { cells.messages(direction, .close, Int(tally.closes)) }
    }

    /// The kernel has room for `side` again.
    func flush(_ side: Session.Side) {
        let failure = side.isClient ? client.flush() : backend.flush()
        if let failure { ended(side, failure) }
        refreshInterests()
        if relaying.needsAttention || relaying.isEnding { settle() }
    }

    /// Reads from a side while what it said before has gone out; writes while something waits. Pausing is the backpressure.
    func refreshInterests() {
        // Spelled out: a `Half` in hand is a copy of all it has.
        refreshInterest(
            .client, hasEnded: relaying.client.hasEnded, isDead: relaying.client.isDead, isMuted: relaying.client.isMuted)
        refreshInterest(
            .backend, hasEnded: relaying.backend.hasEnded, isDead: relaying.backend.isDead, isMuted: relaying.backend.isMuted)
        tellBuffered()
    }

    private func refreshInterest(_ side: Session.Side, hasEnded: Bool, isDead: Bool, isMuted: Bool) {
        let waits = backlogCount(side.other) > 0
        var wanted: UInt32 = 0
        if !hasEnded, !isDead, !waits || isMuted { wanted = Interest.read.rawValue }
        if !isDead, backlogCount(side) > 0 { wanted |= Interest.write.rawValue }
        let interest = Interest(rawValue: wanted)
        if waits, !interest.reads, side.isClient ? client.interest.reads : backend.interest.reads {
            cells?.pause(side.isClient ? .toBackend : .toClient)
        }
        setInterest(side, interest)
    }

    func tellBuffered() {
        let toBackend = backend.backlog.count
        let toClient = client.backlog.count
        guard toBackend != traffic.bufferedToBackend || toClient != traffic.bufferedToClient, let cells else { return }
        if toBackend != traffic.bufferedToBackend {
            cells.buffered(.toBackend, delta: toBackend - traffic.bufferedToBackend)
            traffic.bufferedToBackend = toBackend
        }
        if toClient != traffic.bufferedToClient {
            cells.buffered(.toClient, delta: toClient - traffic.bufferedToClient)
            traffic.bufferedToClient = toClient
        }
    }

    // MARK: Held beginnings

    private func bringHeld(from side: Session.Side) {
        let held = side.isClient ? heldFromClient : heldFromBackend
        let target = UnsafeMutableRawBufferPointer(start: scratch.plain - held.count, count: held.count)
        held.withUnsafeBytes { target.copyMemory(from: $0) }
        if side.isClient { heldFromClient = [] } else { heldFromBackend = [] }
    }

    private func hold(_ bytes: Span<UInt8>, from start: Int, _ side: Session.Side) {
        var held: [UInt8] = []
        held.reserveCapacity(bytes.count - start)
        for index in start..<bytes.count { held.append(bytes[index]) }
        // A beginning is at most 139 bytes (FrameScanner); more would be a fault of ours, and this session's end.
        guard held.count <= Scratch.headroom else { return relaying.cut(.internalError) }
        if side.isClient { heldFromClient = held } else { heldFromBackend = held }
    }
}
