import Balancing
import Session
import Telemetry

/// Waiting for a place in a pool.
///
/// A request that finds its pool or all of its backends full waits in the worker's line of that pool, if the pool has a queue, until
/// `queue.timeout` or the deadline of its handshake; one that finds only dials in its way (`max_dials`) waits with or without a queue.
/// It keeps its place while it looks in vain.
extension SessionDriver {
    // MARK: The line

    /// Whether the request may look for a place now. Whoever comes while others wait for the pool stands behind them, unless a
    /// kept connection serves it.
    func mayLook(_ current: ExchangeState, _ pool: PoolRuntime) -> Bool {
        current.shortage = nil
        guard current.spot == nil, !current.hadPlace, pool.places.waiting > 0, !needsNoDial(current, pool) else { return true }
        countLimit(limitMet(pool, hasLooked: false))
        wait(current, pool, in: pool.capacity.queue ?? .forDials)
        return false
    }

    /// As if all of its backends were full.
    func isPoolFull(_ current: ExchangeState, _ pool: PoolRuntime) -> Bool {
        guard pool.places.isFull(limit: pool.capacity.maxConnections) else { return false }
        current.shortage = .full
        return true
    }

    /// Nobody takes the connection: it waits for a place if that is what is missing.
    ///
    /// - Parameter refusal: what the client hears if it cannot wait.
    func waitOrRefuse(_ refusal: Refusal, _ current: ExchangeState, _ pool: PoolRuntime) {
        guard current.shortage == .full else { return refuseNow(refusal) }
        let limit = limitMet(pool, hasLooked: true)
        // Once for a request, however often it looks.
        if current.spot == nil { countLimit(limit) }
        guard let queue = pool.capacity.queue ?? (awaitsDials(pool) ? .forDials : nil) else {
            let isPool = limit == .poolMaxConnections && current.dialFailures == 0
            return refuseNow(isPool ? Refusal(503, "pool_full", retryAfter: retryAfter) : refusal)
        }
        if current.spot == nil { wait(current, pool, in: queue) }
    }

    /// Whether nothing but dials under way stands between it and some backend.
    private func awaitsDials(_ pool: PoolRuntime) -> Bool {
        guard pool.maxDials != nil, !pool.places.isFull(limit: pool.capacity.maxConnections) else { return false }
        return pool.backends.contains { backend in
            backend.condition.takesNew && backend.condition.dialsInFlight > 0
                && backend.facts.maxConnections.map { backend.meter.live < $0 } != false
        }
    }

    /// The limit that is in its way: of several the one that is soonest out of it. Nil for who only stands behind others, and where
    /// all is free again.
    private func limitMet(_ pool: PoolRuntime, hasLooked: Bool) -> LimitName? {
        guard !pool.places.isFull(limit: pool.capacity.maxConnections) else { return .poolMaxConnections }
        var met: LimitName?
        for index in pool.backends.indices {
            let facts = pool.facts(index, now: now)
            guard facts.isAvailable, !facts.isSuspect || pool.panic > 0 else { continue }
            if let limit = facts.maxConnections, pool.backends[index].meter.live >= limit {
                met = met ?? .backendMaxConnections
            } else if facts.isSaturated {
                met = .maxDials
            } else if !hasLooked {
                return nil
            }
        }
        return met
    }

    private func countLimit(_ limit: LimitName?) {
        if let limit { worker.shared.registry.process.limitHit(limit) }
    }

    private func wait(_ current: ExchangeState, _ pool: PoolRuntime, in queue: PoolCapacity.Queue) {
        let isPlain = !current.exchange.isUpgrade
        guard let line = worker.line(of: pool.places), pool.places.join(bound: queue.size, isPlain: isPlain) else {
            return refuseNow(Refusal(503, "queue_full", retryAfter: retryAfter))
        }
        // From here on the handshake's deadline is the exchange's only one.
        current.exchange.dialing(until: .never)
        let deadline = min(now.after(queue.timeout), current.exchange.nextDeadline())
        var spot = WaitingSpot(line: line, began: now, deadline: deadline, isPlain: isPlain, isChoosy: isChoosy)
        current.spot = spot
        line.enqueue(self, &spot)
        current.spot = spot
        // A place may have come free between the look and the joining: nobody was told then.
        line.mark.note()
    }

    /// Out of the line, if it stands in one: it has a place, or needs none any more.
    func leaveLine() {
        guard let current, let spot = current.spot else { return }
        spot.line.remove(spot)
        left(spot, current)
    }

    private func left(_ spot: WaitingSpot, _ current: ExchangeState) {
        current.spot = nil
        spot.line.places.leave(isPlain: spot.isPlain)
        current.route?.pool.meter.worker(worker.handle.index).queueWait(nanoseconds: now.since(spot.began))
    }

    // MARK: Its turn

    /// It is the first in its line, and may look.
    func placeMayBeFree() {
        guard phase == .exchanging, let current, current.spot != nil else { return }
        for index in current.lost { current.candidates?.putBack(index) }
        current.lost = []
        dialNext()
        settleExchange()
    }

    /// It was tried at some backend already, so that it may find no use for a place that others could take.
    var isChoosy: Bool { (current?.attempts ?? 0) > 0 }

    /// Its route is gone: it looks among backends that the others do not have.
    var isLeftBehind: Bool { current?.route.map { worker.snapshot.renewed($0) == nil } ?? false }

    /// Only dials under way are in its way, so that a kept connection may serve others.
    var isInNeedOfDials: Bool { current?.route.map { awaitsDials($0.pool) } ?? false }

    /// It waits, and a kept connection would serve it: what it uses then nobody misses who waits before it.
    var isInNeedOfNothing: Bool {
        guard let current, current.spot != nil, let pool = current.route?.pool else { return false }
        return needsNoDial(current, pool)
    }

    /// Others are asked in its stead when a connection is kept, if it has no use for one.
    func leaveKeptRow() {
        guard let current, current.avoidsKept || isLeftBehind, var spot = current.spot else { return }
        spot.line.leaveKeptRow(&spot)
        current.spot = spot
    }

    /// Goes to the end of the choosy ones' row, if it waits.
    func standAside() {
        guard let current, var spot = current.spot else { return }
        spot.line.remove(spot)
        spot.isChoosy = true
        spot.line.enqueue(self, &spot)
        current.spot = spot
    }

    /// The line has let it go: nobody made room in time.
    func waitedInVain() {
        guard phase == .exchanging, let current, let spot = current.spot else { return }
        left(spot, current)
        refuseNow(Refusal(503, "queue_timeout", retryAfter: retryAfter))
        settleExchange()
    }

    func refuseDraining() {
        guard phase == .exchanging, current?.spot != nil else { return }
        refuseNow(Refusal(503, "draining", retryAfter: retryAfter))
        settleExchange()
    }

    /// Looks from now on among the backends that the worker's snapshot has for the same route and pool. Where they are gone it keeps
    /// those it has, as every request under way does.
    func reroute() {
        guard phase == .exchanging, let current, let route = current.route,
            let renewed = worker.snapshot.renewed(route)
        else { return }
        current.goes(by: renewed)
        current.lost = []
        choose(current, renewed.pool)
    }
}
