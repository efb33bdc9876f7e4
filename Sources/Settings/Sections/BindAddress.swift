import Wire

/// Where a listening socket comes from.
public enum BindAddress: Sendable, Hashable, CustomStringConvertible {
    case ip(IPAddress, port: UInt16)
    /// A Unix socket by path; relative paths have been resolved against the configuration's folder. At most 107 bytes.
    case unix(String)
    /// A socket that systemd passes in, by its `FileDescriptorName=`.
    case systemd(String)

    /// As it is written in a configuration: `127.0.0.1:8080`, `[::]:8443`, `unix:/run/x.sock`, `systemd:NAME`.
    public var description: String {
        switch self {
        case .ip(let address, let port): address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
        case .unix(let path): "unix:\(path)"
        case .systemd(let name): "systemd:\(name)"
        }
    }

    /// True when only this machine can reach it: a loopback address, or a Unix socket.
    public var isLocal: Bool {
        switch self {
        case .ip(let address, _): address.isLoopback
        case .unix: true
        case .systemd: false
        }
    }
}
