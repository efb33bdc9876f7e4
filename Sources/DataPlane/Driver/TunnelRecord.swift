import Session

/// What a tunnel is called, for its log lines, and where it is counted.
final class TunnelRecord {
    let id: RequestID
    let route: RouteRuntime
    /// Of the backend, in its pool.
    let index: Int
    let backend: BackendRuntime
    /// A tunnel's, whose key stays at this backend while it lives.
    private var held: PlacementHold?
    /// When a tunnel has outlived its pool's `early_death`; `.never` when that is of no interest (any more).
    var provedAt = Moment.never
    let cells: PoolCells
    /// Known once it is a tunnel, as what follows.
    var host: [UInt8] = []
    var path: [UInt8] = []
    /// Who is behind a trusted peer; nil when the peer is the client.
    var realClient: String?
    var subprotocol: [UInt8] = []
    var tlsVersion: StaticString?
    /// For as long as it counts against its backend.
    private var hasPlace = true
    /// A dial of it is in flight, and counted at the backend.
    var isDialing = false
    var openedAt = Moment(nanoseconds: 0)

    /// The place at the backend must have been acquired; the record gives it back.
    init(id: RequestID, route: RouteRuntime, index: Int, cells: PoolCells) {
        self.id = id
        self.route = route
        self.index = index
        backend = route.pool.backends[index]
        self.cells = cells
    }

    func hold(_ hold: PlacementHold) { held = hold }

    func takeHold() -> PlacementHold? {
        guard held != nil else { return nil }
        defer { held = nil }
        return held
    }

    var meter: TunnelMeter { route.tunnels[index] }

    /// Whether a place is to be given back; once.
    func takePlace() -> Bool {
        defer { hasPlace = false }
        return hasPlace
    }
}

/// What went through, for the log's last line.
struct Traffic {
    var messagesToBackend: UInt64 = 0
    var messagesToClient: UInt64 = 0
    var bytesToBackend: UInt64 = 0
    var bytesToClient: UInt64 = 0
    /// Bytes waiting as last told to the gauge.
    var bufferedToBackend = 0
    var bufferedToClient = 0
}
