import Wire

/// Where a backend is, as it is written: `ws://127.0.0.1:9001`, `https://[::1]:9001`, `wss://voice.internal`,
/// `unix:/run/app.sock`.
struct BackendURL {
    let scheme: BackendSettings.Scheme
    /// Empty for a Unix socket.
    let host: String
    /// 0 for a Unix socket.
    let port: UInt16
    /// Resolved; nil for everything else.
    let unixPath: String?

    private static let example = "such as ws://127.0.0.1:9001, https://api.example.com or unix:/run/app.sock"

    /// Refused: other schemes, user names, queries, fragments, and every path but `/`, since requests keep theirs.
    ///
    /// - Parameter file: the configuration file, whose folder relative socket paths start from.
    init(parsing text: String, besides file: String) throws(TextProblem) {
        if text.hasPrefix("unix:") {
            (scheme, host, port) = (.ws, "", 0)
            unixPath = try Self.unixPath(String(text.dropFirst(5)), besides: file)
            return
        }
        let (scheme, rest) = try Self.scheme(text)
        try Self.refuseExtras(rest, scheme)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        guard rest[end...].isEmpty || rest[end...] == "/" else {
            let place = HostText.isShown(rest[..<end]) ? String(rest[..<end]).clipped : "HOST:PORT"
            throw TextProblem(
                "a backend's URL has no path: the path comes from the request",
                remedy: "write \(scheme)://\(place); routes have `replace_path`")
        }
        guard let pair = HostPort(String(rest[..<end])) else {
            throw TextProblem(
                "\(HostText.shown(rest[..<end])) is no host and port",
                remedy: "write a URL \(Self.example); an IPv6 address stands in brackets: \"ws://[::1]:9001\"")
        }
        self.scheme = scheme
        host = try Self.host(pair)
        port = if let port = pair.port { try PortText.read(port) } else { scheme.isEncrypted ? 443 : 80 }
        unixPath = nil
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

    private static func scheme(_ text: String) throws(TextProblem) -> (BackendSettings.Scheme, Substring) {
        guard let mark = text.firstRange(of: "://") else {
            throw TextProblem("\(HostText.shown(text)) is no URL", remedy: "write a URL \(example)")
        }
        guard let scheme = BackendSettings.Scheme(rawValue: text[..<mark.lowerBound].lowercased()) else {
            throw TextProblem(
                "the scheme of a backend is ws, http, wss or https", remedy: "write a URL \(example)")
        }
        return (scheme, text[mark.upperBound...])
    }

    private static func refuseExtras(_ rest: Substring, _ scheme: BackendSettings.Scheme) throws(TextProblem) {
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
