import DataPlane
import Dispatch
import Glibc
import Support
import TLS
import Transport
import Wire

/// A backend of raw sockets that is checked: each connection is served on a thread of its own by what the test gives it, and then read to
/// its end.
final class CheckBackend: Sendable {
    let listener: RawSocket
    private let ended = DispatchSemaphore(value: 0)
    /// Connections that ended with a FIN.
    private let orderly = Guarded(0)

    var address: SocketAddress { get throws { try SocketAddress(IPAddress(v4: 0x7F00_0001), port: listener.port) } }
    var orderlyEnds: Int { orderly.withLock { $0 } }

    init(_ listener: RawSocket = .listening(), _ serve: @escaping @Sendable (RawSocket) -> Void) throws {
        self.listener = listener
        try Thread { [weak self] in
            while let socket = listener.accepted() {
                try? Thread { [weak self] in
                    serve(socket)
                    self?.readToEnd(socket)
                }.start(name: "connection")
            }
        }.start(name: "backend")
    }

    deinit { listener.stop() }

    /// Answers every request, or what ends in an empty line, with the same bytes.
    static func answering(_ text: String, ends: Bool = false) throws -> CheckBackend {
        try CheckBackend { socket in
            _ = socket.receive(through: "\r\n\r\n")
            socket.send(Array(text.utf8))
            if ends { socket.endSending() }
        }
    }

    /// Accepts the handshake; `serve` goes on.
    static func switching(_ serve: @escaping @Sendable (RawSocket) -> Void = { _ in }) throws -> CheckBackend {
        try CheckBackend { socket in
            let request = socket.receive(through: "\r\n\r\n")
            let mark = "Sec-WebSocket-Key: "
            let key = request.split(separator: "\r\n").first { $0.hasPrefix(mark) }?.dropFirst(mark.count) ?? ""
            let accept = String(decoding: WebSocketAccept.value(forKey: Array(key.utf8)), as: UTF8.self)
            let answer =
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(accept)\r\n\r\n"
            socket.send(Array(answer.utf8))
            serve(socket)
        }
    }

    private func readToEnd(_ socket: RawSocket) {
        while let bytes = socket.receive() {
            guard bytes.isEmpty else { continue }
            orderly.withLock { $0 += 1 }
            break
        }
        ended.signal()
    }

    /// Whether so many more connections have been given back by whoever opened them.
    func haveEnded(_ count: Int = 1) -> Bool {
        (0..<count).allSatisfy { _ in ended.wait(timeout: .now() + .seconds(20)) == .success }
    }
}

extension RawSocket {
    /// One frame of a client, unmasked; nil when the connection ends before it is whole.
    func frame() -> TestFrame? {
        var bytes: [UInt8] = []
        while true {
            if let frame = TestFrame.parse(bytes).frames.first { return frame }
            guard let more = receive(1), !more.isEmpty else { return nil }
            bytes += more
        }
    }

    /// A listening Unix socket.
    static func listening(path: String, backlog: Int32 = 16) -> RawSocket {
        let socket = RawSocket(owning: Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { area in
            for (index, byte) in path.utf8.prefix(area.count - 1).enumerated() { area[index] = byte }
        }
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        listen(socket.descriptor, backlog)
        return socket
    }

    /// A listening socket whose queue is full: whoever connects next waits. The connections that fill it come along.
    static func overcrowded() -> (listener: RawSocket, crowd: [RawSocket]) {
        let listener = RawSocket.listening()
        listen(listener.descriptor, 0)
        // The queue of a backlog of 0 has one place.
        let first = RawSocket.connected(port: listener.port)
        return (listener, [first].compactMap { $0 })
    }
}
