import Session

/// What a tunnel is called, for its log lines, and where it is counted.
final class TunnelRecord {
    let id: String
    let route: RouteRuntime
    let backend: BackendRuntime
    let meter: TunnelMeter
    /// Held for as long as the tunnel counts against its backend.
    private var place: BackendMeter?
    let cells: PoolCells
    let host: [UInt8]
    let path: [UInt8]
    /// Who is behind a trusted peer; nil when the peer is the client.
    var realClient: String?
    var subprotocol: [UInt8] = []
    var tlsVersion: StaticString?
    var openedAt = Moment(nanoseconds: 0)

    /// The place at the backend must have been acquired; the record gives it back.
    init(id: String, route: RouteRuntime, index: Int, host: [UInt8], path: [UInt8], worker: Int) {
        self.id = id
        self.route = route
        backend = route.pool.backends[index]
        meter = route.tunnels[index]
        place = backend.meter
        cells = route.pool.meter.worker(worker)
        self.host = host
        self.path = path
    }

    func takePlace() -> BackendMeter? {
        defer { place = nil }
        return place
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
