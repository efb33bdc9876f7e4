import Glibc
import Settings
import Support
import Telemetry
import Testing
import Transport
import Wire

@testable import DataPlane

/// A proxy of two workers with one plain listener, one route and one pool, all in this process.
final class ProxyUnderTest {
    let group: WorkerGroup
    let registry = MeterRegistry(workers: 2)
    let snapshot: Snapshot
    let port: UInt16
    private let labels: [String]

    /// - Parameters:
    ///   - backends: ports on 127.0.0.1. `options` are further lines of a backend, `extra` of the file.
    ///   - place: where all of them are in truth.
    init(backends: [UInt16], options: String = "", extra: String = "", at place: SocketAddress? = nil) throws {
        let urls = backends.map { "      - { url: \"ws://127.0.0.1:\($0)\"\(options) }" }
        let text = """
            workers: 2
            listeners: [{ name: plain, bind: "127.0.0.1:8080" }]
            routes: [{ name: all, path: /*, pool: pool }]
            pools:
              pool:
                backends:
            \(urls.joined(separator: "\n"))
            \(extra)
            """
        let settings = try SettingsReader.read(text: text, file: "test.yaml", readFile: { _ in [] }).get()
        let loopback = try #require(IPAddress(bytes: [127, 0, 0, 1]))
        let socket = try ListeningSocket(binding: .ip(loopback, port: 0))
        port = socket.boundPort
        var backends: [BackendKey: PreparedBackend] = [:]
        for backend in settings.pools[0].backends {
            let address = try place ?? SocketAddress(loopback, port: backend.port)
            backends[BackendKey(pool: "pool", backend: backend.label)] = PreparedBackend(addresses: [address])
        }
        labels = settings.pools[0].backends.map(\.label)
        let listener = PreparedListener(settings: settings.listeners[0], socket: socket, tls: nil)
        snapshot = Snapshot.build(settings: settings, listeners: [listener], backends: backends, registry: registry, previous: nil)
        group = try WorkerGroup(
            count: 2, snapshot: snapshot, registry: registry, log: LogSink(level: .error, format: .json), descriptors: 4096)
        try group.start()
    }

    deinit { group.stop() }

    var pool: PoolMeter { registry.pool("pool") }
    var listener: ListenerMeter { registry.listener("plain") }
    func tunnels(_ backend: Int) -> TunnelMeter { registry.tunnel(route: "all", pool: "pool", backend: labels[backend]) }
    func live(_ backend: Int) -> Int { registry.backend(pool: "pool", label: labels[backend]).live }

    func failedDials(_ backend: Int) -> UInt64 {
        let meter = registry.backend(pool: "pool", label: labels[backend])
        return ConnectFailureReason.allCases.reduce(0) { $0 + meter.connectFailures($1) }
    }

    /// A connection that has sent an upgrade request, and the head of its answer.
    func upgrade() throws -> (socket: RawSocket, head: String) {
        let socket = try #require(RawSocket.connected(port: port))
        socket.send(Array(Self.request.utf8))
        return (socket, socket.receive(through: "\r\n\r\n"))
    }

    static let request =
        "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
}

/// Whether the condition comes true within twenty seconds.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<20_000 {
        if condition() { return true }
        poll(nil, 0, 1)
    }
    return condition()
}
