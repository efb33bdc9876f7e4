/// Where the admin endpoint listens.
public enum AdminBind: Sendable, Hashable {
    /// An address or a name, without brackets around IPv6; port 0 takes any free one.
    case ip(host: String, port: Int)
    /// A Unix socket, made with mode 0660.
    case unix(path: String)

    /// Whether only this machine can reach it over IP. False for a Unix socket, which has no address.
    public var isLoopback: Bool {
        guard case .ip(let host, _) = self else { return false }
        return host == "::1" || host.lowercased() == "localhost" || host.hasPrefix("127.")
    }
}
