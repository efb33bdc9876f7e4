import Session
import Synchronization
import Telemetry
import Wire

/// What a tunnel leaves behind in the log and in the counters.
extension SessionDriver {
    func accountOpening(_ tunnel: TunnelRecord, query: [UInt8]?) {
        tunnel.meter.worker(worker.handle.index).opened()
        worker.handle.tunnels.wrappingAdd(1, ordering: .relaxed)
        tunnel.cells.upgradeDuration(nanoseconds: now.since(acceptedAt))
        worker.log.emit(.info, "tunnel_opened") { line in
            describe(tunnel, query: query, &line)
            line.seconds("handshake_seconds", nanoseconds: now.since(acceptedAt))
        }
    }

    func accountEnd() {
        guard let tunnel else { return }
        let reason = relaying.reason ?? CloseReason(.proxy, .internalError)
        let party = Self.label(reason.party)
        tunnel.meter.worker(worker.handle.index).closed()
        worker.handle.tunnels.wrappingSubtract(1, ordering: .relaxed)
        tunnel.cells.tunnelDuration(nanoseconds: now.since(tunnel.openedAt))
        tunnel.cells.close(side: party, code: reason.code.rawValue)
        tunnel.cells.buffered(.toBackend, delta: -traffic.bufferedToBackend)
        tunnel.cells.buffered(.toClient, delta: -traffic.bufferedToClient)
        reportEnd(tunnel, reason)
        switch reason.cause {
        case .messageTooBig: worker.shared.registry.process.limitHit(.maxMessage)
        case .internalError: worker.shared.registry.process.internalError()
        case .drain: if !relaying.clientLeftPolitely { worker.shared.cutTunnels.wrappingAdd(1, ordering: .relaxed) }
        default: break
        }
        worker.log.emit(reason.row.isNotable ? .warn : .info, "tunnel_closed") { line in
            describe(tunnel, query: nil, &line)
            line.field("side", party.rawValue)
            line.field("code", reason.code.rawValue)
            line.field("reason", reason.text)
            line.field("cause", reason.row.label)
            line.seconds("handshake_seconds", nanoseconds: tunnel.openedAt.since(acceptedAt))
            line.seconds("duration_seconds", nanoseconds: now.since(tunnel.openedAt))
            line.field("messages_to_backend", traffic.messagesToBackend)
            line.field("messages_to_client", traffic.messagesToClient)
            line.field("bytes_to_backend", traffic.bytesToBackend)
            line.field("bytes_to_client", traffic.bytesToClient)
        }
    }

    /// The query is told once, when the tunnel opens: a tunnel does not keep it.
    private func describe(_ tunnel: TunnelRecord, query: [UInt8]?, _ line: inout LogLine) {
        line.field("id", tunnel.id.text)
        line.field("client", tunnel.realClient ?? peer.text)
        if tunnel.realClient != nil { line.field("peer", peer.text) }
        line.field("listener", listener.name)
        line.field("host", tunnel.host)
        line.target("path", path: tunnel.path, query: query?[...])
        line.field("route", tunnel.route.name)
        line.field("pool", tunnel.route.pool.name)
        line.field("backend", tunnel.backend.key.backend)
        if !tunnel.subprotocol.isEmpty { line.field("subprotocol", tunnel.subprotocol) }
        if let version = tunnel.tlsVersion { line.field("tls", version) }
    }

    private static func label(_ party: CloseReason.Party) -> Telemetry.Side {
        switch party {
        case .client: .client
        case .backend: .backend
        case .proxy: .proxy
        }
    }
}
