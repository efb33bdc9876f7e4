/// Keeps pages of the outside world from reading a loopback endpoint through a browser: a name of the attacker's that
/// resolves to 127.0.0.1 (DNS rebinding) still stands in `Host`.
public struct HostGuard: Sendable {
    private let allowed: Set<String>

    /// Nil unless the endpoint is bound to loopback: beyond it any name may be right, and a Unix socket has none.
    public init?(_ bind: AdminBind) {
        guard bind.isLoopback, case .ip(let host, _) = bind else { return nil }
        allowed = ["localhost", "127.0.0.1", "[::1]", host.contains(":") ? "[\(host)]" : host.lowercased()]
    }

    /// Whether a request with these `Host` fields may be answered: there is exactly one, it names this machine's loopback,
    /// and what follows is nothing or a port (RFC 9110 section 7.2).
    public func admits(_ hosts: [String]) -> Bool {
        guard let host = hosts.first, hosts.count == 1 else { return false }
        let lower = host.lowercased()
        return allowed.contains { name in
            guard lower.hasPrefix(name) else { return false }
            let rest = lower.dropFirst(name.count)
            return rest.isEmpty || Self.isPort(rest)
        }
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard text.first == ":" else { return false }
        let digits = text.dropFirst()
        return digits.count <= 5 && digits.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
}
