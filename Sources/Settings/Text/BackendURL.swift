import Wire

/// Where a backend is, as it is written: `ws://127.0.0.1:9001`, `https://[::1]:9001`, `wss://voice.internal`,
/// `srv+ws://chat.service.consul`, `unix:/run/app.sock`.
struct BackendURL {
    let scheme: BackendSettings.Scheme
    /// Empty for a Unix socket.
    let host: String
    /// 0 for a Unix socket, and for SRV records, which have ports of their own.
    let port: UInt16
    /// True when `host` names SRV records.
    let isService: Bool
    /// Resolved; nil for everything else.
    let unixPath: String?

    private static let example = "such as ws://127.0.0.1:9001, https://api.example.com or unix:/run/app.sock"

    /// Refused: other schemes, user names, queries, fragments, and every path but `/`, since requests keep theirs. Behind
    /// `srv+` also ports and addresses.
    ///
    /// - Parameter file: the configuration file, whose folder relative socket paths start from.
    init(parsing text: String, besides file: String) throws(TextProblem) {
        if text.hasPrefix("unix:") {
            (scheme, host, port, isService) = (.ws, "", 0, false)
            unixPath = try Self.unixPath(String(text.dropFirst(5)), besides: file)
            return
        }
        let (scheme, isService, rest) = try Self.scheme(text)
        let shown = isService ? "srv+\(scheme)" : "\(scheme)"
        try Self.refuseExtras(rest, shown)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        guard rest[end...].isEmpty || rest[end...] == "/" else {
            let place = HostText.isShown(rest[..<end]) ? String(rest[..<end]).clipped : "HOST:PORT"
            throw TextProblem(
                "a backend's URL has no path: the path comes from the request",
                remedy: "write \(shown)://\(place); routes have `replace_path`")
        }
        guard let pair = HostPort(String(rest[..<end])) else {
            throw TextProblem(
                "\(HostText.shown(rest[..<end])) is no host and port",
                remedy: "write a URL \(Self.example); an IPv6 address stands in brackets: \"ws://[::1]:9001\"")
        }
        self.scheme = scheme
        self.isService = isService
        unixPath = nil
        host = try Self.host(pair)
        guard !isService else {
            try Self.refuseNoService(pair, host: host, shown)
            port = 0
            return
        }
        port = if let port = pair.port { try PortText.read(port) } else { scheme.isEncrypted ? 443 : 80 }
    }

    private static func refuseNoService(_ pair: HostPort, host: String, _ scheme: String) throws(TextProblem) {
        guard IPAddress(host) == nil else {
            throw TextProblem(
                "`\(host)` is an address, and SRV records belong to names", remedy: "write \(scheme)://NAME, or no `srv+`")
        }
        guard pair.port == nil else {
            throw TextProblem(
                "ports come from the SRV records", remedy: "write \(scheme)://\(host.clipped), or no `srv+`")
        }
    }

    private static func unixPath(_ path: String, besides file: String) throws(TextProblem) -> String {
        guard !path.hasPrefix("//") else {
            let name = path.drop { $0 == "/" }
            let isPath = !name.contains("@") && !name.contains("?") && !name.contains(" ") && !name.contains(":")
            throw TextProblem(
                "`unix:` is followed by a path, not by `//`",
                remedy: "write unix:/\(isPath ? String(name).clipped : "PATH")")
        }
        return try UnixPathText.read(path, besides: file)
    }

    private static func scheme(_ text: String) throws(TextProblem) -> (BackendSettings.Scheme, Bool, Substring) {
        guard let mark = text.firstRange(of: "://") else {
            throw TextProblem("\(HostText.shown(text)) is no URL", remedy: "write a URL \(example)")
        }
        let word = text[..<mark.lowerBound].lowercased()
        let isService = word.hasPrefix("srv+")
        guard let scheme = BackendSettings.Scheme(rawValue: isService ? String(word.dropFirst(4)) : word) else {
            throw TextProblem(
                "the scheme of a backend is ws, http, wss or https, perhaps with srv+ before it",
                remedy: "write a URL \(example)")
        }
        return (scheme, isService, text[mark.upperBound...])
    }

    private static func refuseExtras(_ rest: Substring, _ scheme: String) throws(TextProblem) {
        guard !rest.contains("@") else {
            throw TextProblem(
                "a user name does not belong in a backend's URL",
                remedy: "write \(scheme)://HOST:PORT alone; `request_headers` of the pool can set Authorization")
        }
        guard !rest.contains("?"), !rest.contains("#") else {
            throw TextProblem(
                "a query or fragment does not belong in a backend's URL", remedy: "write \(scheme)://HOST:PORT alone")
        }
    }

    private static func host(_ pair: HostPort) throws(TextProblem) -> String {
        guard pair.isBracketed else { return try HostText.read(pair.host) }
        guard let address = IPAddress(pair.host), !address.isIPv4 else {
            throw TextProblem(
                "\(HostText.shown(pair.host)) is no IPv6 address",
                remedy: "write a URL such as \"ws://[::1]:9001\", without a zone")
        }
        return address.description
    }
}
