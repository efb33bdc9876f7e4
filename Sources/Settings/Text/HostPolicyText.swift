import Wire

/// What `host` of a pool may be: `preserve`, `backend`, or a host with or without a port.
enum HostPolicyText {
    static let words = ["preserve", "backend"]

    static func read(_ text: String) throws(TextProblem) -> PoolSettings.HostPolicy {
        switch text {
        case "preserve": return .preserve
        case "backend": return .backend
        default:
            guard let authority = Authority(Array(text.utf8).span) else {
                throw TextProblem(
                    "\(HostText.shown(text)) is no host",
                    remedy: "write preserve, backend, or what backends shall see, such as api.example.com")
            }
            return .name(authority.port.map { "\(authority.host.text):\($0)" } ?? authority.host.text)
        }
    }

    /// True for a host with or without a port, as `Host` carries it (RFC 9110 7.2).
    static func isHost(_ bytes: [UInt8]) -> Bool {
        Authority(bytes.span) != nil
    }
}
