import Glibc
import Support
import Testing

@testable import DataPlane

/// A tunnel whose client sends one message without end, as fast as it is taken.
final class BulkSender {
    let tunnel: TunnelUnderTest
    private var said = 0
    private var heard = 0

    init(through proxy: WorkerOnThread, to listener: RawSocket) throws {
        // What is accepted from now on takes several reads' worth into its socket, so that it does not run dry between two of them.
        var room: Int32 = 4 * 1024 * 1024
        setsockopt(
            proxy.worker.listening[0].runtime.socket.descriptor, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
        tunnel = try TunnelUnderTest(through: proxy, to: listener)
        let head = TestFrame(0x82, masked: true, form: .eight, announced: 1 << 40).bytes
        tunnel.client.send(head)
        said = head.count
    }

    /// Bytes that have passed.
    var moved: Int { Int(tunnel.session.traffic.bytesToBackend) }
    /// Bytes that wait to be read, in either socket's buffer.
    var waiting: Int { said - moved }

    /// Fills the sockets in front of the proxy, and empties those behind it.
    func refill() throws {
        let piece = [UInt8](repeating: 0, count: 256 * 1024)
        while case let sent = send(tunnel.client.descriptor, piece, piece.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)), sent > 0 {
            said += sent
        }
        try #require(tunnel.clientIsHeard())
        // It is the worker that ends a turn, and not a reader who is slow.
        try #require(tunnel.session.backlogCount(.backend) == 0)
        while heard < moved {
            let bytes = try #require(tunnel.backend.receive(min(piece.count, moved - heard)))
            try #require(!bytes.isEmpty)
            heard += bytes.count
        }
    }
}
