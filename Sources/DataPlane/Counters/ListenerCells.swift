import Telemetry

/// One worker's counters of one ``ListenerMeter``: a trivial value holding a pointer. The meter must outlive it.
public struct ListenerCells: Sendable {
    let cells: CounterCells

    /// A connection was accepted.
    public func accepted() { cells.add(Self.acceptedCell, 1) }

    /// It ended. Called exactly once for each ``accepted()``, by the same worker.
    public func closed() { cells.add(Self.closedCell, 1) }

    /// A connection, or a request without a route, was refused.
    public func refused(_ reason: RefusalReason) { cells.add(Self.refusedCell(reason), 1) }

    /// A TLS handshake ended, well or not.
    public func tlsHandshake(result: HandshakeResult, version: TLSVersionLabel, resumed: Bool) {
        cells.add(Self.handshakeCell(result, version, resumed), 1)
    }
}

// Where each counter stands.
extension ListenerCells {
    static var acceptedCell: Int { 0 }
    static var closedCell: Int { 1 }

    static func refusedCell(_ reason: RefusalReason) -> Int { 2 + reason.position }

    static func handshakeCell(_ result: HandshakeResult, _ version: TLSVersionLabel, _ resumed: Bool) -> Int {
        2 + RefusalReason.width + (result.position * TLSVersionLabel.width + version.position) * 2 + (resumed ? 1 : 0)
    }

    static var count: Int { 2 + RefusalReason.width + HandshakeResult.width * TLSVersionLabel.width * 2 }
}
