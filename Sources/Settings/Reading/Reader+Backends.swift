/// `backends` of a pool.
extension Reader {
    private static let mostConnections = 10_000_000

    /// Nil, reported, when the list is missing, empty or too long. Members that cannot be read are left out.
    mutating func backends(_ pool: Fields) -> [BackendSettings]? {
        guard let list = pool["backends"] else {
            missing("backends", in: pool, remedy: "write backends: [ \"ws://127.0.0.1:9001\" ]")
            return nil
        }
        guard let items = items(list, of: "backends") else { return nil }
        guard items.count <= PoolSettings.mostBackends else {
            error(list, "\(items.count) backends are too many", remedy: "write at most \(PoolSettings.mostBackends)")
            return nil
        }
        var lines: [String: Int] = [:]
        return items.compactMap { item -> BackendSettings? in
            guard let backend = backend(item) else { return nil }
            if let line = lines[backend.label] {
                error(
                    item, "\(backend.label.clipped) is in this pool already, in line \(line)",
                    remedy: "remove one; `weight` gives it a larger share")
            }
            lines[backend.label] = item.value.line
            return backend
        }
    }

    /// `ws://HOST:PORT`, or a mapping with that as its `url`.
    private mutating func backend(_ element: Element) -> BackendSettings? {
        if element.scalar != nil { return backend(element, url: element, weight: 1, maxConnections: nil) }
        guard let fields = fields(element, keys: ["url", "weight", "max_connections"]) else { return nil }
        let weight = fields["weight"].flatMap { integer($0, in: 1...1000) }
        let bound = fields["max_connections"].flatMap {
            isOff($0) ? nil : integer($0, in: 1...Self.mostConnections)
        }
        guard let url = fields["url"] else {
            missing("url", in: fields, remedy: "write url: \"ws://127.0.0.1:9001\"")
            return nil
        }
        return backend(element, url: url, weight: weight ?? 1, maxConnections: bound)
    }

    private mutating func backend(
        _ element: Element, url: Element, weight: Int, maxConnections: Int?
    ) -> BackendSettings? {
        let file = file
        let read = parsed(url) { text throws(TextProblem) in (text, try BackendURL(parsing: text, besides: file)) }
        guard let (text, parts) = read else { return nil }
        return BackendSettings(
            url: text, scheme: parts.scheme, host: parts.host, port: parts.port, weight: weight,
            maxConnections: maxConnections, unixPath: parts.unixPath, source: place(of: element))
    }
}
