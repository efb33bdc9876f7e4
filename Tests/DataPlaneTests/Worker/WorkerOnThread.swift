import Glibc
import Settings
import Support
import TLS
import Telemetry
import Testing
import Transport
import Wire

@testable import DataPlane

/// One worker whose turns a test takes itself: what happens in which turn is no matter of chance.
final class WorkerOnThread {
    let worker: Worker
    let registry = MeterRegistry(workers: 1)
    let plainPort: UInt16
    let tlsPort: UInt16
    let identity: BackendIdentity
    private let listeners: [PreparedListener]
    private let backends: [BackendKey: PreparedBackend]
    private let text: String

    /// Serves `backend` on a plain listener and on one with TLS.
    convenience init(backend: UInt16, maxTLSHandshakes: Int) throws {
        try self.init(backends: [backend], maxTLSHandshakes: maxTLSHandshakes)
    }

    /// - Parameters:
    ///   - backends: ports on 127.0.0.1. `pool` is further keys of theirs, `routes` further routes, `buffer` that limit.
    ///   - place: where all of them are in truth.
    init(
        backends ports: [UInt16], at place: SocketAddress? = nil, maxTLSHandshakes: Int = 0, pool: String = "", routes: String = "",
        buffer: String = "64KiB"
    ) throws {
        var template = Array("/tmp/tidegate-worker-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        let files = try SelfSignedCertificate.write(names: ["voice.internal"], into: folder)
        defer {
            unlink(files.certificate)
            unlink(files.key)
            rmdir(folder)
        }
        let context = try ServerContext(certificates: [files], minimumVersion: .tls12, tickets: TicketKeys())
        identity = BackendIdentity(context: try ClientContext(ClientOptions(authorities: files.certificate)), name: "voice.internal")
        let urls = ports.map { "\"ws://127.0.0.1:\($0)\"" }.joined(separator: ", ")
        text = """
            listeners: [{ name: plain, bind: "127.0.0.1:8080" }, { name: secure, bind: "127.0.0.1:8443" }]
            routes: [{ name: all, path: /*, pool: pool, sse_keepalive: 15s }\(routes)]
            pools: { pool: { backends: [\(urls)]\(pool) } }
            limits: { max_tls_handshakes: \(maxTLSHandshakes), buffer: \(buffer) }
            """
        let settings = try Self.settings(text)
        let loopback = try #require(IPAddress(bytes: [127, 0, 0, 1]))
        let sockets = [try ListeningSocket(binding: .ip(loopback, port: 0)), try ListeningSocket(binding: .ip(loopback, port: 0))]
        (plainPort, tlsPort) = (sockets[0].boundPort, sockets[1].boundPort)
        listeners = [
            PreparedListener(settings: settings.listeners[0], socket: sockets[0], tls: nil),
            PreparedListener(settings: settings.listeners[1], socket: sockets[1], tls: context),
        ]
        backends = try settings.pools[0].backends.reduce(into: [:]) { all, backend in
            let address = try place ?? SocketAddress(loopback, port: backend.port)
            all[BackendKey(pool: "pool", backend: backend.label)] = PreparedBackend(addresses: [address])
        }
        let snapshot = Snapshot.build(settings: settings, listeners: listeners, backends: backends, registry: registry, previous: nil)
        let handle = try WorkerHandle(index: 0)
        let shared = WorkerShared(
            registry: registry, log: LogSink(level: .error, format: .json), handles: [handle], descriptors: 4096)
        worker = try Worker(handle: handle, shared: shared, snapshot: snapshot)
        worker.watchListeners(of: snapshot)
    }

    private static func settings(_ text: String) throws -> Settings {
        try SettingsReader.read(text: text, file: "test.yaml", readFile: { _ in [] }).get()
    }

    /// A reload that gives the one route this path.
    func reload(path: String) throws {
        let settings = try Self.settings(text.replacing("path: /*", with: "path: \(path)"))
        let snapshot = Snapshot.build(
            settings: settings, listeners: listeners, backends: backends, registry: registry, previous: worker.snapshot)
        worker.handle.mailbox.post(.adopt(snapshot))
        #expect(turn { worker.snapshot === snapshot })
    }

    deinit { worker.end() }

    /// Turns until the condition holds; a turn waits for half a second at most.
    func turn(until condition: () -> Bool) -> Bool {
        for _ in 0..<100 {
            if condition() { return true }
            worker.turn()
        }
        return condition()
    }

    /// Of all backends together.
    var failedDials: UInt64 {
        backends.keys.reduce(0) { sum, key in
            let meter = registry.backend(pool: key.pool, label: key.backend)
            return ConnectFailureReason.allCases.reduce(sum) { $0 + meter.connectFailures($1) }
        }
    }

    var handshakes: Int { worker.handle.handshakes.load(ordering: .relaxed) }
    var secured: Int { worker.sessions.values.count { $0.listener.tls != nil } }
}

/// The client's side of TLS, as far as its first word.
struct HelloClient {
    let socket: RawSocket

    init(port: UInt16, identity: BackendIdentity, scratch: Scratch) throws {
        socket = try #require(RawSocket.connected(port: port))
        var stream = Stream.dialing(socket.handOver(), identity: identity, scratch: scratch, bound: 65536)
        guard case .underway = stream.beginHandshake(scratch: scratch) else { throw Failed() }
        // Only its copy of the descriptor is closed.
        stream.close()
    }

    private struct Failed: Error {}

    /// Whether the other side has said something.
    var isAnswered: Bool {
        var byte: UInt8 = 0
        return recv(socket.descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 1
    }
}
