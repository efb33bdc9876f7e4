import Glibc

/// The file behind a Unix socket: removed before a bind only if it is a socket that nobody serves. SwiftNIO removes it again
/// when the endpoint stops.
struct UnixSocketPath: Sendable {
    let path: String

    /// Makes way for a bind. Refuses what is no socket, and a socket where something answers, busy or not.
    func clear() throws(AdminProblem) {
        var information = stat()
        guard lstat(path, &information) == 0 else { return }
        guard information.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
        guard isStale() else { throw .socketInUse(path) }
        unlink(path)
    }

    /// Owner and group may connect, nobody else.
    func restrict() -> Bool { chmod(path, 0o660) == 0 }

    /// Only ECONNREFUSED proves that nobody listens; EAGAIN is a full queue, EACCES says nothing.
    private func isStale() -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard bytes.count < room.count else { return false }
            room.copyBytes(from: bytes)
            return true
        }
        guard fits else { return false }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result != 0 && errno == ECONNREFUSED
    }
}
