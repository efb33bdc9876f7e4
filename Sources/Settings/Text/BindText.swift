import Wire

/// Places to listen as they are written: `0.0.0.0:8443`, `[::]:8443`, `unix:PATH`, `systemd:NAME`.
enum BindText {
    private static let remedy = "write ADDRESS:PORT such as 0.0.0.0:8443 or \"[::]:8443\", unix:PATH or systemd:NAME"

    /// - Parameter file: the configuration file, whose folder relative socket paths start from.
    static func read(_ text: String, besides file: String) throws(TextProblem) -> BindAddress {
        if text.hasPrefix("unix:") {
            return .unix(try UnixPathText.read(String(text.dropFirst(5)), besides: file))
        }
        if text.hasPrefix("systemd:") { return try systemd(String(text.dropFirst(8))) }
        guard let pair = HostPort(text) else {
            if IPAddress(text) != nil {
                throw TextProblem(
                    "an IPv6 address stands in brackets, with a port behind",
                    remedy: "write \"[\(text)]:PORT\" in quotes")
            }
            throw TextProblem("`\(text.clipped)` is no address to listen on", remedy: remedy)
        }
        guard let port = pair.port else {
            throw TextProblem("`\(text.clipped)` has no port", remedy: remedy)
        }
        let number = try PortText.read(port)
        guard let address = IPAddress(pair.host), pair.isBracketed != address.isIPv4 else {
            throw TextProblem(
                "`\(pair.host.clipped)` is no IP address",
                remedy: hint(for: pair.host, port: number) ?? remedy)
        }
        return .ip(address, port: number)
    }

    /// What a name or a star that other programs take is here.
    private static func hint(for host: String, port: UInt16) -> String? {
        switch host {
        case "", "*": "write 0.0.0.0:\(port) for every IPv4 address, \"[::]:\(port)\" for every IPv6 address"
        case "localhost": "names are not looked up here: write 127.0.0.1:\(port) or \"[::1]:\(port)\""
        default: nil
        }
    }

    /// The names that sd_listen_fds_with_names(3) can give.
    private static func systemd(_ name: String) throws(TextProblem) -> BindAddress {
        let isWell = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
        guard isWell, (1...255).contains(name.utf8.count) else {
            throw TextProblem(
                "`\(name.clipped)` is no name of a socket from systemd",
                remedy: "write the FileDescriptorName= of the socket unit: visible ASCII without `:`, at most 255 bytes"
            )
        }
        return .systemd(name)
    }
}
