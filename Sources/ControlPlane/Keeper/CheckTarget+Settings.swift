import DataPlane
import Session
import Settings
import Transport
import Wire

extension CheckTarget {
    /// How a backend is checked. Nil for a check that cannot be asked, which a valid configuration does not hold.
    init?(_ check: CheckSettings, of backend: BackendSettings, _ prepared: PreparedBackend, pool: PoolSettings) {
        guard let plan = CheckPlan(Self.kind(check, host: backend.authority)) else { return nil }
        self.init(
            addresses: prepared.addresses.map { Self.address($0, port: check.port) }, identity: prepared.identity,
            preface: Self.preface(pool.proxyProtocol), plan: plan, timeout: Moment.Span(check.timeout).nanoseconds)
    }

    private static func kind(_ check: CheckSettings, host: String) -> CheckKind {
        switch check.kind {
        case .tcp: .tcp
        case .http(let check):
            .http(
                HTTPCheck(
                    method: check.method.rawValue, path: check.path, host: check.host ?? host, statuses: check.statuses,
                    body: check.body))
        case .websocket(let check):
            .websocket(
                WebSocketCheck(
                    path: check.path, host: check.host ?? host, subprotocol: check.subprotocol, ping: check.pings,
                    send: check.send, expect: check.expect))
        }
    }

    /// A Unix socket has no port.
    private static func address(_ address: SocketAddress, port: UInt16?) -> SocketAddress {
        guard let port, let ip = address.ip, let other = try? SocketAddress(ip, port: port) else { return address }
        return other
    }

    /// A check speaks for no client: `UNKNOWN`, or `LOCAL`.
    private static func preface(_ version: PoolSettings.ProxyProtocolVersion?) -> [UInt8] {
        switch version {
        case nil: []
        case .v1: ProxyHeaderWriter.v1(source: nil, destination: nil)
        case .v2: ProxyHeaderWriter.v2(source: nil, destination: nil)
        }
    }
}
