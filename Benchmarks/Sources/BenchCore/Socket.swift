import CBench
import Glibc

/// TCP over IPv4, non-blocking; descriptors are plain numbers here, owned by `Stream` once they carry a connection.
package enum Socket {
    /// An IPv4 address and a port, as the kernel wants them.
    package struct Address: Sendable {
        fileprivate var raw: sockaddr_in

        /// `nil` when `host` is not four numbers with dots: names are not looked up.
        package init?(host: String, port: UInt16) {
            raw = sockaddr_in()
            raw.sin_family = sa_family_t(AF_INET)
            raw.sin_port = port.bigEndian
            guard inet_pton(AF_INET, host, &raw.sin_addr) == 1 else { return nil }
        }
    }

    /// A listening socket; port 0 lets the kernel choose, `port(of:)` tells.
    package static func listen(_ address: Address) throws(SystemFailure) -> Int32 {
        let descriptor = try make()
        enable(descriptor, SOL_SOCKET, SO_REUSEADDR)
        let bound = withPointer(to: address) { bind(descriptor, $0, $1) }
        guard bound == 0 else { throw abandon(descriptor, "bind") }
        guard Glibc.listen(descriptor, 4096) == 0 else { throw abandon(descriptor, "listen") }
        return descriptor
    }

    /// Starts to connect; the descriptor becomes writable when that ended, `pendingError(of:)` tells how.
    package static func connect(_ address: Address) throws(SystemFailure) -> Int32 {
        let descriptor = try make()
        enable(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
        let started = withPointer(to: address) { Glibc.connect(descriptor, $0, $1) }
        guard started == 0 || errno == EINPROGRESS else { throw abandon(descriptor, "connect") }
        return descriptor
    }

    /// The next connection of a listener; `nil` when none waits now.
    package static func accept(_ listener: Int32) throws(SystemFailure) -> Int32? {
        let descriptor = bench_accept(listener)
        if descriptor >= 0 {
            enable(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
            return descriptor
        }
        if -descriptor == EAGAIN || -descriptor == ECONNABORTED || -descriptor == EINTR { return nil }
        throw SystemFailure("accept", -descriptor)
    }

    /// The port a socket is bound to, 0 when the kernel does not tell.
    package static func port(of descriptor: Int32) -> UInt16 {
        var raw = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let told = withUnsafeMutablePointer(to: &raw) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return told == 0 ? UInt16(bigEndian: raw.sin_port) : 0
    }

    /// The error a connect or a connection ended with; 0 for none.
    package static func pendingError(of descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }

    private static func make() throws(SystemFailure) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw SystemFailure("socket", errno) }
        return descriptor
    }

    private static func enable(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
        var one: Int32 = 1
        setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func abandon(_ descriptor: Int32, _ call: String) -> SystemFailure {
        let failure = SystemFailure(call, errno)
        close(descriptor)
        return failure
    }

    private static func withPointer(to address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: address.raw) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
