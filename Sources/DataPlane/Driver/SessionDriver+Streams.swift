import Session
import Telemetry

/// Plain requests as operators see them: counted while they live, told when they end, and drained like tunnels.
extension SessionDriver {
    func enter(_ kind: StreamKind, _ current: ExchangeState, _ pool: PoolRuntime) {
        let cells = self.cells ?? cells(of: pool)
        if let last = current.kind { cells.streams(last, delta: -1) }
        current.kind = kind
        cells.streams(kind, delta: 1)
        self.cells = cells
    }

    /// This worker's counters of a pool.
    func cells(of pool: PoolRuntime) -> PoolCells { pool.meter.worker(worker.handle.index) }

    func leaveKind(_ current: ExchangeState?) {
        guard let current, let kind = current.kind, let cells else { return }
        current.kind = nil
        cells.streams(kind, delta: -1)
        if traffic.bufferedToBackend != 0 { cells.buffered(.toBackend, delta: -traffic.bufferedToBackend) }
        if traffic.bufferedToClient != 0 { cells.buffered(.toClient, delta: -traffic.bufferedToClient) }
        traffic = Traffic()
        self.cells = nil
    }

    /// Once for each plain request that found its pool. `status` is what the client got, 0 for nothing at all.
    func accountRequest(status: UInt16, reason: StaticString? = nil) {
        if let current, let route = current.route { accountRequest(status: status, reason: reason, route, current) }
    }

    func accountRequest(status: UInt16, reason: StaticString? = nil, _ route: RouteRuntime, _ current: ExchangeState) {
        let cells = self.cells ?? cells(of: route.pool)
        if status != 0 { cells.request(code: status) }
        leaveKind(current)
        guard !current.exchange.isUpgrade else { return }
        cells.requestDuration(nanoseconds: now.since(current.headAt))
        logRequest(status: status, reason: reason, route: route.name, current)
    }

    func logRequest(status: UInt16, reason: StaticString? = nil, route: @autoclosure () -> String? = nil, _ current: ExchangeState) {
        worker.log.emit(.info, "request") { line in
            line.field("id", current.requestID?.text)
            line.field("client", current.context?.realAddress ?? peer.text)
            if current.context?.realAddress != nil { line.field("peer", peer.text) }
            line.field("listener", listener.name)
            if let head = current.head {
                line.field("method", head.method.label)
                line.field("host", head.host?.bytes ?? [])
                line.target("path", path: head.target.path, query: head.target.query?[...])
            }
            if let route = route() { line.field("route", route) }
            if let pool = current.route?.pool { line.field("pool", pool.name) }
            if let tunnel { line.field("backend", tunnel.backend.key.backend) }
            line.field("status", status)
            if let reason { line.field("reason", reason) }
            line.field("bytes_to_backend", UInt64(current.bytesToBackend))
            line.field("bytes_to_client", UInt64(current.bytesToClient))
            line.seconds("duration_seconds", nanoseconds: now.since(current.headAt))
        }
    }

    // MARK: Drains

    /// Between two requests.
    var isIdle: Bool {
        guard phase == .exchanging, let current else { return false }
        return current.exchange.isLater && current.isAwaitingHead && current.waiting == 0
    }

    /// Whether a drain gives it a moment of its own: tunnels and event streams live until they are told to go.
    var isLongLived: Bool { phase == .relaying || (phase == .exchanging && current?.kind == .sse) }

    /// Its moment has come.
    func retireExchange() {
        retireAt = .never
        guard let current else { return }
        if current.kind == .sse {
            current.isRetired = true
            sayFarewell(current)
        } else if current.kind == .longPoll {
            refuseNow(Refusal(503, "draining", retryAfter: retryAfter))
        }
    }

    /// Ends an event stream between two events, as its backend would have ended it.
    func sayFarewell(_ current: ExchangeState) {
        guard let farewell = current.exchange.farewell else { return }
        accountRequest(status: current.status)
        if !farewell.isEmpty, transmit(farewell, to: .client) != nil { return finish() }
        sayGoodbye()
    }

    /// Whether a reload has taken its route or backend away.
    var removal: CloseReason.Cause? { tunnel.flatMap(worker.snapshot.removal(of:)) }
}
