import CLinux
import Glibc
import Wire

/// A listening socket: bound once, kept over reloads, closed when the last snapshot that names it is gone.
public final class ListeningSocket: Sendable {
    /// Where a socket listens.
    public enum Place: Hashable, Sendable, CustomStringConvertible {
        case ip(IPAddress, port: UInt16)
        case unix(path: String)
        /// Handed over by the service manager under this name.
        case inherited(name: String)

        public var description: String {
            switch self {
            case .ip(let address, let port): address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
            case .unix(let path): "unix:\(path)"
            case .inherited(let name): "systemd:\(name)"
            }
        }
    }

    public let place: Place
    public let descriptor: Int32
    /// Of the file that a Unix socket made, so that no successor's is removed.
    private let file: FileIdentity?

    private struct FileIdentity: Equatable {
        let device: dev_t
        let inode: ino_t

        /// nil when there is no such file.
        init?(ofPath path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            device = status.st_dev
            inode = status.st_ino
        }
    }

    /// The kernel caps it at net.core.somaxconn.
    private static let queue: Int32 = 4096

    /// Binds and listens. A Unix socket left behind by a process that is gone is replaced; one that answers is not.
    public init(binding place: Place) throws(SystemError) {
        self.place = place
        var address = cl_address()
        switch place {
        case .ip(let ip, let port): address = try SocketAddress(ip, port: port).raw
        case .unix(let path): address = try SocketAddress(unixPath: path).raw
        case .inherited: throw SystemError(-Int(EINVAL))
        }
        let made = cl_socket_for(&address)
        guard made >= 0 else { throw SystemError(made) }
        do {
            try Self.prepare(made, place, &address)
        } catch {
            cl_close(made)
            throw error
        }
        descriptor = made
        if case .unix(let path) = place { file = FileIdentity(ofPath: path) } else { file = nil }
    }

    /// Takes over a socket that already listens.
    public init(inheriting descriptor: Int32, name: String) throws(SystemError) {
        let result = cl_set_nonblocking(descriptor)
        guard result >= 0 else { throw SystemError(result) }
        Self.setBequest(descriptor)
        place = .inherited(name: name)
        self.descriptor = descriptor
        file = nil
    }

    deinit {
        if case .unix(let path) = place, let file, FileIdentity(ofPath: path) == file { unlink(path) }
        cl_close(descriptor)
    }

    /// Whether the service manager lent it.
    public var isInherited: Bool {
        if case .inherited = place { return true }
        return false
    }

    /// The port the kernel chose where 0 was asked for.
    public var boundPort: UInt16 {
        var address = cl_address()
        guard cl_local_address(descriptor, &address) >= 0 else { return 0 }
        return SocketAddress(raw: address).port
    }

    /// From now on nothing new arrives, while what is queued can still be accepted: so a removed listener resets nobody.
    public func stopArrivals() {
        guard !isInherited else { return }
        _ = cl_drop_incoming(descriptor)
    }

    /// Stops listening for good, so that newcomers are refused and go elsewhere. An inherited socket is left to whoever lent it.
    public func stopListening() {
        guard !isInherited else { return }
        _ = cl_shutdown_both(descriptor)
    }

    private static func prepare(_ descriptor: Int32, _ place: Place, _ address: inout cl_address) throws(SystemError) {
        var results = [cl_set_reuse_address(descriptor)]
        switch place {
        case .ip(let ip, _): if !ip.isIPv4 { results.append(cl_set_v6_only(descriptor)) }
        case .unix(let path): try removeStale(path, &address)
        case .inherited: break
        }
        results.append(cl_bind(descriptor, &address))
        setBequest(descriptor)
        if results.allSatisfy({ $0 >= 0 }) { results.append(cl_listen(descriptor, queue)) }
        if let failed = results.first(where: { $0 < 0 }) { throw SystemError(failed) }
    }

    /// What accepted connections inherit, so that each of them costs five system calls less. A Unix socket has no such options, and
    /// refuses them.
    private static func setBequest(_ descriptor: Int32) {
        _ = cl_set_nodelay(descriptor)
        _ = cl_set_keepalive(descriptor, 60, 15, 4)
    }

    private static func removeStale(_ path: String, _ address: inout cl_address) throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        let probe = cl_socket_for(&address)
        guard probe >= 0 else { throw SystemError(probe) }
        defer { cl_close(probe) }
        guard cl_connect(probe, &address) == -ECONNREFUSED else { throw SystemError(-Int(EADDRINUSE)) }
        unlink(path)
    }
}
