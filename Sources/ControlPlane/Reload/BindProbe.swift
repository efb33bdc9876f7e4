import CLinux
import Glibc
import Settings
import Transport

/// Finds out whether a place could be listened on, without listening there: nobody can connect in the meantime, and no
/// socket file is made or removed.
enum BindProbe {
    /// Why it could not; nil if it could. Sockets that systemd passes in cannot be judged here and are taken as good.
    static func error(_ bind: BindAddress) -> SystemError? {
        switch bind {
        case .ip(let address, let port):
            var target = cl_address()
            let bytes = address.bytes
            let result = cl_address_ip(&target, bytes.count == 4 ? 4 : 6, bytes, port)
            return result < 0 ? SystemError(result) : bound(&target, isIPv6: bytes.count == 16)
        case .unix(let path):
            var target = cl_address()
            let result = cl_address_unix(&target, path)
            return result < 0 ? SystemError(result) : path.isEmpty ? SystemError(-ENOENT) : unix(path, &target)
        case .systemd: return nil
        }
    }

    /// Binds without listening. SO_REUSEADDR lets this succeed beside connections that linger, and fail beside a listener.
    private static func bound(_ target: inout cl_address, isIPv6: Bool) -> SystemError? {
        let descriptor = cl_socket_for(&target)
        guard descriptor >= 0 else { return SystemError(descriptor) }
        defer { cl_close(descriptor) }
        _ = cl_set_reuse_address(descriptor)
        if isIPv6 { _ = cl_set_v6_only(descriptor) }
        let result = cl_bind(descriptor, &target)
        return result < 0 ? SystemError(result) : nil
    }

    /// A socket file whose owner is gone would be replaced; one that answers, or something that is no socket, is in the way.
    private static func unix(_ path: String, _ target: inout cl_address) -> SystemError? {
        var facts = stat()
        if lstat(path, &facts) == 0 {
            guard facts.st_mode & S_IFMT == S_IFSOCK else { return SystemError(-EADDRINUSE) }
            let descriptor = cl_socket_for(&target)
            guard descriptor >= 0 else { return SystemError(descriptor) }
            defer { cl_close(descriptor) }
            if cl_connect(descriptor, &target) != -ECONNREFUSED { return SystemError(-EADDRINUSE) }
        }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        return access(folder, W_OK | X_OK) == 0 ? nil : SystemError(-errno)
    }
}
