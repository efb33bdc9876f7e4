import Foundation
import Glibc
import Settings
import Support
import Synchronization
import Wire

/// A name server on a port of 127.0.0.1, by UDP and TCP, that says what a test tells it to say, true or not.
final class TestNameServer: Sendable {
    /// Everything to send for one question, in this order; nothing leaves it unanswered.
    typealias Answering = @Sendable (TestQuery) -> [[UInt8]]

    let port: UInt16
    private let seen = Seen()
    private let stop: RawSocket

    /// What becomes of connections.
    enum Streams: Sendable {
        /// They stay open until the client closes them.
        case stay
        case closeAtOnce
        case closeAfterOneAnswer
    }

    init(streams: Streams = .stay, _ answering: @escaping Answering) {
        let (datagrams, connections) = Self.sockets()
        let (stop, stopped) = RawSocket.pair()
        port = connections.port
        self.stop = stop
        Thread.detachNewThread { [seen] in
            Self.serve(datagrams, connections, stopped, streams) { query in
                seen.queries.withLock { $0.append(query) }
                return answering(query)
            }
        }
    }

    deinit { stop.endSending() }

    var place: NameServer { NameServer(address: IPAddress(v4: 0x7F00_0001), port: port) }

    /// The questions that came, in their order.
    var questions: [TestQuery] { seen.queries.withLock { $0 } }

    /// Outlives the server for as long as its thread runs.
    private final class Seen: Sendable {
        let queries = Mutex<[TestQuery]>([])
    }

    /// A datagram socket and a listening one of the same port: another process may hold one of the two.
    private static func sockets() -> (RawSocket, RawSocket) {
        var connections = RawSocket.listening()
        let datagrams = RawSocket(owning: socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
        while !isBound(datagrams, to: connections.port) { connections = RawSocket.listening() }
        return (datagrams, connections)
    }

    private static func isBound(_ socket: RawSocket, to port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func serve(
        _ datagrams: RawSocket, _ listener: RawSocket, _ stopped: RawSocket, _ streams: Streams, _ answering: Answering
    ) {
        var open: [RawSocket] = []
        while true {
            var watched = ([stopped, datagrams, listener] + open).map {
                pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&watched, nfds_t(watched.count), -1) > 0, watched[0].revents == 0 else { return }
            if watched[1].revents != 0 { answerDatagram(datagrams, answering) }
            if watched[2].revents != 0, let made = listener.accepted(), streams != .closeAtOnce { open.append(made) }
            for (socket, entry) in zip(open, watched.dropFirst(3)) where entry.revents != 0 {
                if !answerStream(socket, answering) || streams == .closeAfterOneAnswer { open.removeAll { $0 === socket } }
            }
        }
    }

    private static func answerDatagram(_ socket: RawSocket, _ answering: Answering) {
        var peer = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var buffer = [UInt8](repeating: 0, count: 4096)
        withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let got = recvfrom(socket.descriptor, &buffer, buffer.count, 0, address, &length)
                guard got > 0, let query = TestQuery(Array(buffer.prefix(got)), isTCP: false) else { return }
                for reply in answering(query) { _ = sendto(socket.descriptor, reply, reply.count, 0, address, length) }
            }
        }
    }

    /// False at the stream's end. Replies go out behind their length, each in two parts, so that a reader has to put them together.
    private static func answerStream(_ socket: RawSocket, _ answering: Answering) -> Bool {
        let length = socket.receive(exactly: 2)
        guard length.count == 2 else { return false }
        let bytes = socket.receive(exactly: Int(length[0]) << 8 | Int(length[1]))
        guard let query = TestQuery(bytes, isTCP: true) else { return false }
        for reply in answering(query) {
            let framed = Bytes.of(UInt16(reply.count)) + reply
            socket.send(Array(framed.prefix(7)))
            socket.send(Array(framed.dropFirst(7)))
        }
        return true
    }
}
