import Balancing

/// `pools`.
extension Reader {
    private static let mostConnections = 10_000_000

    mutating func pools(_ root: Fields) -> [PoolSettings] {
        guard let element = root["pools"] else {
            missing(
                "pools", in: root,
                remedy: "write at least one: pools: { NAME: { backends: [ \"ws://127.0.0.1:9001\" ] } }")
            return []
        }
        guard let fields = element.fields else {
            error(
                element, "a mapping of names to pools is wanted here, not \(element.value.kind)",
                remedy: "write `NAME:` with the keys of a pool below it")
            return []
        }
        if fields.isEmpty { error(element, "there is no pool", remedy: "write at least one") }
        return fields.compactMap { name, line, element in
            do throws(TextProblem) {
                try NameText.validate(name)
            } catch {
                self.error(SourcePlace(file: file, line: line, path: element.path), error.message, remedy: error.remedy)
            }
            return pool(name, element)
        }
    }

    private mutating func pool(_ name: String, _ element: Element) -> PoolSettings? {
        guard let fields = fields(element, keys: ["balance", "backends"]) else { return nil }
        let balance = fields["balance"].flatMap { algorithm($0) }
        guard let list = fields["backends"] else {
            missing("backends", in: fields, remedy: "write backends: [ \"ws://127.0.0.1:9001\" ]")
            return nil
        }
        guard let items = items(list, of: "backends") else { return nil }
        guard items.count <= PoolSettings.mostBackends else {
            error(list, "\(items.count) backends are too many", remedy: "write at most \(PoolSettings.mostBackends)")
            return nil
        }
        var lines: [String: Int] = [:]
        let backends = items.compactMap { item -> BackendSettings? in
            guard let backend = backend(item) else { return nil }
            if let line = lines[backend.label] {
                error(
                    item, "\(backend.label) is in this pool already, in line \(line)",
                    remedy: "remove one; `weight` gives it a larger share")
            }
            lines[backend.label] = item.value.line
            return backend
        }
        return PoolSettings(name: name, balance: balance ?? .roundRobin, backends: backends, source: place(of: element))
    }

    private mutating func algorithm(_ element: Element) -> Algorithm? {
        guard element.scalar != "hash" else {
            let names = Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
            error(element, "`hash` is not available in this version", remedy: "write one of \(names)")
            return nil
        }
        return choice(element, Algorithm.self)
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
        let read = parsed(url) { text throws(TextProblem) in (text, try BackendURL(parsing: text)) }
        guard let (text, parts) = read else { return nil }
        return BackendSettings(
            url: text, host: parts.host, port: parts.port, weight: weight, maxConnections: maxConnections,
            source: place(of: element))
    }
}
