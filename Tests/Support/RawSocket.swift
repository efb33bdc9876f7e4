import Glibc

/// A plain blocking socket of a test, closed with its owner. Every wait is bounded: a test that would hang fails instead.
package final class RawSocket: Sendable {
    package let descriptor: Int32

    package init(owning descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// A listening socket on a port of 127.0.0.1 that the kernel chooses.
    package static func listening() -> RawSocket {
        let socket = RawSocket(owning: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        withLoopback(port: 0) { _ = bind(socket.descriptor, $0, $1) }
        listen(socket.descriptor, 1024)
        return socket
    }

    /// nil when it was refused.
    package static func connected(port: UInt16) -> RawSocket? {
        let socket = RawSocket(owning: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var result: Int32 = -1
        withLoopback(port: port) { result = connect(socket.descriptor, $0, $1) }
        return result == 0 ? socket : nil
    }

    /// Two ends of one Unix connection; both block.
    package static func pair() -> (RawSocket, RawSocket) {
        var ends: [Int32] = [-1, -1]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        return (RawSocket(owning: ends[0]), RawSocket(owning: ends[1]))
    }

    private static func withLoopback(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Void) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    package var port: UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    package func accepted() -> RawSocket? {
        let made = accept(descriptor, nil, nil)
        return made >= 0 ? RawSocket(owning: made) : nil
    }

    package func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// What one read brings; empty at the end, nil for an error or after 20 seconds.
    package func receive(_ most: Int = 65536) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: most)
        let got = recv(descriptor, &buffer, most, 0)
        return got >= 0 ? Array(buffer.prefix(got)) : nil
    }

    /// Exactly `count` bytes, or fewer when the stream ends before.
    package func receive(exactly count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, let more = receive(count - bytes.count), !more.isEmpty { bytes += more }
        return bytes
    }

    /// Everything up to and with `end`, read byte by byte so that nothing behind it is taken.
    package func receive(through end: String) -> String {
        var bytes: [UInt8] = []
        let mark = Array(end.utf8)
        while !bytes.suffix(mark.count).elementsEqual(mark), let more = receive(1), !more.isEmpty { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nobody can connect to it any more, or talk over it.
    package func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    package func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    package func shrinkBuffers(to bytes: Int32) {
        var size = bytes
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The next close sends RST.
    package func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// A copy of the descriptor, non-blocking, for code that will own and close it.
    package func handOver() -> Int32 {
        let copy = dup(descriptor)
        _ = fcntl(copy, F_SETFL, fcntl(copy, F_GETFL) | O_NONBLOCK)
        return copy
    }
}
