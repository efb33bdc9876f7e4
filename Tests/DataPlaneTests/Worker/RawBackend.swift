import DataPlane
import Support
import Synchronization

/// A backend of raw sockets: each connection is served on a thread of its own by what the test gives it.
final class RawBackend: Sendable {
    private let listener = RawSocket.listening()
    /// Connections that came so far.
    private let count = Atomic<Int>(0)

    var port: UInt16 { listener.port }
    var connections: Int { count.load(ordering: .relaxed) }

    /// Begins to serve; ends when the backend is stopped.
    init(_ serve: @escaping @Sendable (RawSocket) -> Void) throws {
        let listener = listener
        try Thread { [weak self] in
            while let socket = listener.accepted() {
                self?.count.wrappingAdd(1, ordering: .relaxed)
                try? Thread { serve(socket) }.start(name: "connection")
            }
        }.start(name: "backend")
    }

    deinit { listener.stop() }

    /// Nobody is accepted any more; connections there are live on.
    func stop() { listener.stop() }

    /// The answer to the sample key of RFC 6455, section 1.3.
    static let switching =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

    /// Accepts the upgrade and sends back every byte until the client ends.
    @Sendable static func echo(_ socket: RawSocket) {
        _ = socket.receive(through: "\r\n\r\n")
        socket.send(Array(switching.utf8))
        while let bytes = socket.receive(), !bytes.isEmpty { socket.send(bytes) }
    }

    /// Refuses the upgrade.
    @Sendable static func refuse(_ socket: RawSocket) {
        _ = socket.receive(through: "\r\n\r\n")
        socket.send(Array("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nnobehind".utf8))
        while let bytes = socket.receive(), !bytes.isEmpty {}
    }
}
