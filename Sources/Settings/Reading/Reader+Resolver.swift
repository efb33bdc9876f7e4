/// `resolver`.
extension Reader {
    private static let mostServers = 8

    mutating func resolver(_ element: Element?) -> ResolverSettings {
        var result = ResolverSettings()
        guard let fields = section(element, keys: ["interval", "servers"]) else { return result }
        if let key = fields["interval"] {
            result.interval = isOff(key) ? nil : duration(key, in: .seconds(1) ... .seconds(24 * 3600)) ?? result.interval
        }
        if let key = fields["servers"] { result.servers = nameServers(key) }
        return result
    }

    /// A list, which may be empty.
    private mutating func nameServers(_ element: Element) -> [NameServer] {
        guard element.items?.isEmpty != true else { return [] }
        var seen: Set<NameServer> = []
        return (items(element, of: "servers", atMost: Self.mostServers) ?? []).compactMap { item in
            let server = parsed(item) { text throws(TextProblem) in try NameServerText.read(text) }
            if let server, !seen.insert(server).inserted {
                error(item, "\(server) is listed twice", remedy: "remove one")
            }
            return server
        }
    }
}
