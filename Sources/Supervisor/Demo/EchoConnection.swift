import CLinux
import Glibc
import TLS
import Wire

/// One connection of the demo's backend, on a thread that may wait: the upgrade, then every message sent back; or a page of
/// one line for whoever asks without an upgrade.
struct EchoConnection: ~Copyable {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// Owns `descriptor` from now on.
    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { cl_close(descriptor) }

    /// Serves it to its end.
    mutating func run() {
        guard upgrade() else { return }
        do throws(EchoFrame.Refusal) {
            while true {
                while let frame = try EchoFrame.take(from: &buffer) {
                    guard answer(frame) else { return }
                }
                guard receive() else { return }
            }
        } catch {
            send(EchoFrame(flags: 0x88, payload: error == .tooLarge ? [0x03, 0xF1] : [0x03, 0xEA]).bytes)
        }
    }

    /// Whether the conversation goes on.
    private func answer(_ frame: EchoFrame) -> Bool {
        switch frame.opcode {
        case 0x8:
            // A status that is repeated is a right answer (RFC 6455 5.5.1).
            send(EchoFrame(flags: 0x88, payload: Array(frame.payload.prefix(2))).bytes)
            return false
        case 0x9: return send(EchoFrame(flags: 0x8A, payload: frame.payload).bytes)
        case 0xA: return true
        default: return send(frame.bytes)
        }
    }

    private mutating func upgrade() -> Bool {
        var parser = RequestHeadParser(limits: HeadLimits())
        while receive() {
            do throws(RequestHeadError) {
                guard let head = try parser.parse(buffer.span) else { continue }
                buffer.removeFirst(head.length)
                return answer(head)
            } catch {
                return false
            }
        }
        return false
    }

    private func answer(_ head: RequestHead) -> Bool {
        switch UpgradeRequest.examine(head) {
        case .websocket(let offer):
            return send(
                Array("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ".utf8)
                    + WebSocketAccept.value(forKey: offer.key.span) + Array("\r\n\r\n".utf8))
        case .notAnUpgrade: send(Self.page(to: head))
        case .refuse: send(Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".utf8))
        }
        return false
    }

    /// What a browser or curl sees.
    static func page(to head: RequestHead) -> [UInt8] {
        let text = "tidegate demo: what a WebSocket says here comes back. Try: python3 -m websockets ws://localhost:8080/\n"
        let fields = "Content-Type: text/plain; charset=utf-8\r\nContent-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n"
        return Array("HTTP/1.1 200 OK\r\n\(fields)\(head.method == .head ? "" : text)".utf8)
    }

    /// Waits for bytes; false at the end of the connection.
    private mutating func receive() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = cl_recv(descriptor, &chunk, chunk.count)
            if count == -Int(EAGAIN) || count == -Int(EINTR) {
                guard wait(POLLIN) else { return false }
                continue
            }
            guard count > 0 else { return false }
            buffer += chunk.prefix(count)
            return true
        }
    }

    /// Waits until all of it is sent; false when the connection broke.
    @discardableResult
    private func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { area in
                let rest = UnsafeRawBufferPointer(rebasing: area[sent...])
                return cl_send(descriptor, rest.baseAddress, rest.count)
            }
            if count == -Int(EAGAIN) || count == -Int(EINTR) {
                guard wait(POLLOUT) else { return false }
                continue
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func wait(_ events: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
        return poll(&request, 1, -1) > 0 || errno == EINTR
    }
}
