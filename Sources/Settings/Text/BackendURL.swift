import Wire

/// Where a backend is, as it is written: `ws://127.0.0.1:9001`, `ws://[::1]:9001`, `ws://chat.internal`.
struct BackendURL {
    let host: String
    let port: UInt16

    private static let example = "such as ws://127.0.0.1:9001"

    /// Refused: other schemes, user names, queries, fragments, and every path but `/`, since requests keep theirs.
    init(parsing text: String) throws(TextProblem) {
        let rest = try Self.withoutScheme(text)
        guard !rest.contains("@") else {
            throw TextProblem("a user name does not belong in a backend's URL", remedy: "write ws://HOST:PORT alone")
        }
        guard !rest.contains("?"), !rest.contains("#") else {
            throw TextProblem(
                "a query or fragment does not belong in a backend's URL", remedy: "write ws://HOST:PORT alone")
        }
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        guard rest[end...].isEmpty || rest[end...] == "/" else {
            throw TextProblem(
                "a backend's URL has no path: the path comes from the request",
                remedy: "write ws://\(rest[..<end].description.clipped)")
        }
        guard let pair = HostPort(String(rest[..<end])) else {
            throw TextProblem(
                "`\(rest[..<end].description.clipped)` is no host and port",
                remedy: "write a URL \(Self.example); an IPv6 address stands in brackets: \"ws://[::1]:9001\"")
        }
        host = try Self.host(pair)
        guard let port = pair.port else {
            self.port = 80
            return
        }
        self.port = try PortText.read(port)
    }

    private static func withoutScheme(_ text: String) throws(TextProblem) -> Substring {
        if text.lowercased().hasPrefix("unix:") {
            throw TextProblem(
                "Unix sockets of backends are not available in this version", remedy: "write a URL \(example)")
        }
        guard let mark = text.firstRange(of: "://") else {
            throw TextProblem("`\(text.clipped)` is no URL", remedy: "write a URL \(example)")
        }
        switch text[..<mark.lowerBound].lowercased() {
        case "ws":
            return text[mark.upperBound...]
        case "wss", "https":
            throw TextProblem(
                "TLS toward backends is not available in this version",
                remedy: "write a ws:// URL of a plain listener of the backend")
        case "http":
            throw TextProblem("backends are named by ws:// URLs", remedy: "write ws:// for http://")
        default:
            throw TextProblem("the scheme of a backend is ws", remedy: "write a URL \(example)")
        }
    }

    private static func host(_ pair: HostPort) throws(TextProblem) -> String {
        if let address = IPAddress(pair.host), pair.isBracketed || address.isIPv4 { return address.description }
        guard !pair.isBracketed else {
            throw TextProblem(
                "`\(pair.host.clipped)` is no IPv6 address",
                remedy: "write a URL such as \"ws://[::1]:9001\", without a zone")
        }
        let name = pair.host.lowercased()
        let labels = (name.hasSuffix(".") ? name.dropLast() : name[...])
            .utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(isLabel) else {
            throw TextProblem(
                "`\(pair.host.clipped)` is no host name",
                remedy: "write an IP address, or a name of letters, digits, `-` and `_` in labels of 1 to 63")
        }
        // Resolvers read 127.1 or 010.0.0.1 as addresses, each in its own way.
        guard let last = labels.last, !last.allSatisfy(isDigit) else {
            throw TextProblem(
                "`\(pair.host.clipped)` is no IPv4 address",
                remedy: "write four numbers of 0 to 255, without leading zeros")
        }
        return name
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        (1...63).contains(label.count)
            && label.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isDigit(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
