import Balancing
import Session
import Settings
import Wire

/// Which backends a request is tried at.
extension SessionDriver {
    /// Begins the choice, or begins it anew for a request that has waited.
    func choose(_ current: ExchangeState, _ pool: PoolRuntime) {
        current.attempts = 0
        current.asked = 0
        current.shortage = nil
        current.target = nil
        guard pool.hash != nil || pool.sticky != nil, let head = current.head else {
            if !pool.isSole { current.candidates = pool.candidates(isUpgrade: current.exchange.isUpgrade) }
            return
        }
        let visit = pool.sticky?.visit(of: head)
        var key: UInt64?
        if let hash = pool.hash { key = hash.key(of: head, client: clientAddress(current)) }
        let seen = key.flatMap { pool.hash?.held($0) }
        current.placing = Placing(key: key, visit: visit, seen: seen)
        let preferred = visit?.index ?? seen.flatMap { pool.hash?.index(ofNumber: $0) }
        current.candidates = pool.candidates(key: key, preferred: preferred, isUpgrade: current.exchange.isUpgrade)
    }

    /// Who asks: behind proxies that we trust whom they name.
    private func clientAddress(_ current: ExchangeState) -> IPAddress? {
        if let real = current.context?.realAddress { return IPAddress(real) }
        return peer.ip
    }

    /// The next address of the backend under way, or the first of the next one. Nil when nobody is left; then `shortage` says why.
    func nextTarget(_ current: ExchangeState, _ pool: PoolRuntime) -> (backend: Int, address: Int)? {
        if let target = current.target, target.address + 1 < pool.backends[target.backend].addresses.count {
            return (target.backend, target.address + 1)
        }
        // A dial that failed costs nothing but its time, which the handshake's deadline bounds: however many backends are dead, the
        // well one is found. Without retries the first one is the only one.
        guard current.asked < pool.attempts, pool.attempts > 1 || current.attempts == 0 else {
            current.shortage = current.shortage ?? .unavailable
            return nil
        }
        guard let next = pool.isSole ? soleBackend(current, pool) : nextBackend(current, pool) else { return nil }
        current.attempts += 1
        return (next, 0)
    }

    private func nextBackend(_ current: ExchangeState, _ pool: PoolRuntime) -> Int? {
        let next = current.candidates?.next(
            facts: { facts($0, current, pool) }, loads: { pool.backends[$0].meter.live }, using: &worker.random)
        if next == nil { current.shortage = current.candidates?.shortage ?? .unavailable }
        return next
    }

    /// How a backend stands for this request: where it finds a kept connection it needs no dial.
    @inline(__always)
    private func facts(_ index: Int, _ current: ExchangeState, _ pool: PoolRuntime) -> BackendFacts {
        var facts = pool.facts(index, now: now)
        if facts.isSaturated, findsKept(at: index, current, pool) { facts.isSaturated = false }
        return facts
    }

    private func findsKept(at index: Int, _ current: ExchangeState, _ pool: PoolRuntime) -> Bool {
        mayUseKept(current, pool) && worker.kept.count(at: pool.firstPosition + index, of: pool.backends[index]) > 0
    }

    /// Whether it could be served although all who wait do so for dials.
    func needsNoDial(_ current: ExchangeState, _ pool: PoolRuntime) -> Bool {
        guard mayUseKept(current, pool), pool.capacity.maxConnections == nil else { return false }
        return pool.backends.indices.contains {
            pool.backends[$0].facts.maxConnections == nil && findsKept(at: $0, current, pool)
        }
    }

    /// Upgrades get a connection of their own.
    func mayUseKept(_ current: ExchangeState, _ pool: PoolRuntime) -> Bool {
        !current.exchange.isUpgrade && !current.avoidsKept && pool.keptConnections > 0
    }

    /// What `Candidates` would say of a pool of one, which is what most pools are: a plain request pays for no choice there.
    private func soleBackend(_ current: ExchangeState, _ pool: PoolRuntime) -> Int? {
        let facts = facts(0, current, pool)
        guard facts.isAvailable, !facts.isSuspect || pool.panic > 0 else {
            current.shortage = .unavailable
            return nil
        }
        var isFull = facts.isSaturated || current.shortage == .full
        if let limit = facts.maxConnections, pool.backends[0].meter.live >= limit { isFull = true }
        guard !isFull, current.attempts == 0 else {
            current.shortage = isFull ? .full : .unavailable
            return nil
        }
        return 0
    }

    /// Another worker took the last place between the choice and this: as if the backend had been full before.
    func lostPlace(_ current: ExchangeState) {
        if let target = current.target { current.lost.append(target.backend) }
        current.target = nil
        current.attempts -= 1
        current.shortage = .full
    }

    // MARK: Holds

    /// Counts an upgrade where its key is held. False when the key is held elsewhere meanwhile: then the choice begins anew with that
    /// backend as the preferred one.
    func holdPlacement(_ record: TunnelRecord, _ current: ExchangeState, _ pool: PoolRuntime) -> Bool {
        guard let placing = current.placing, let key = placing.key, let hash = pool.hash, current.exchange.isUpgrade,
            placing.visit?.index != record.index,
            let placements = hash.placements, let number = hash.number(ofIndex: record.index)
        else { return true }
        switch placements.table.hold(key, at: number, insteadOf: placing.seen) {
        case .held:
            record.hold(PlacementHold(placements: placements, key: key, number: number))
            // Should this backend fail, the key may move on from it.
            placing.seen = number
        case .full: break
        case .elsewhere(let other):
            guard placing.turns < Placing.mostTurns else { break }
            placing.turns += 1
            placing.seen = other
            current.candidates = pool.candidates(key: key, preferred: hash.index(ofNumber: other), isUpgrade: true)
            current.target = nil
            current.attempts -= 1
            return false
        }
        return true
    }

    // MARK: Cookies

    /// The route's, and the cookie where this answer brings one: the request had none that we believe, or one of another backend, or
    /// one that an old key has signed. Caches may keep more than they ought to (RFC 9111 7.3), hence an answer with the cookie says that
    /// it is for one client, unless it says so by itself; a 101 is kept by nobody.
    func responseEdits(_ current: ExchangeState, _ route: RouteRuntime, of answer: ResponseHead) -> [FieldEdits] {
        guard let sticky = route.pool.sticky, let tunnel, let head = current.head else { return route.responseEdits }
        if let visit = current.placing?.visit, visit.index == tunnel.index, visit.isCurrent { return route.responseEdits }
        guard let cookie = sticky.edits(forIndex: tunnel.index, isEncrypted: cameEncrypted(head)) else { return route.responseEdits }
        let isPrivate =
            answer.status == 101 || answer.headers.containsToken("Cache-Control", token: "private")
            || answer.headers.containsToken("Cache-Control", token: "no-store")
        return route.responseEdits + (isPrivate ? [cookie] : [cookie, StickyRuntime.privately])
    }

    /// As far as we know: a proxy in front that we trust knows better how the client came to it.
    private func cameEncrypted(_ head: RequestHead) -> Bool {
        if peer.isAmong(worker.snapshot.settings.trustedProxies), let proto = head.headers.only("X-Forwarded-Proto") {
            return proto.elementsEqual("https".utf8) || proto.elementsEqual("wss".utf8)
        }
        return listener.tls != nil
    }
}
