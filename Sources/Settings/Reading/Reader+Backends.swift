import Wire

/// `backends` of a pool.
extension Reader {
    private static let backendKeys = [
        "url", "weight", "max_connections", "backup", "priority", "zone", "state", "resolve",
    ]

    /// Nil, reported, when the list is missing, empty or too long. Members that cannot be read are left out.
    mutating func backends(_ pool: Fields) -> [BackendSettings]? {
        guard let list = pool["backends"] else {
            missing("backends", in: pool, remedy: "write backends: [ \"ws://127.0.0.1:9001\" ]")
            return nil
        }
        guard let items = items(list, of: "backends", atMost: PoolSettings.mostBackends) else { return nil }
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
        if element.scalar != nil {
            guard let (text, url) = backendURL(element) else { return nil }
            return BackendSettings(text, url, source: place(of: element))
        }
        guard let fields = fields(element, keys: Self.backendKeys) else { return nil }
        let weight = fields["weight"].flatMap { integer($0, in: 1...1000) }
        let bound = fields["max_connections"].flatMap { isOff($0) ? nil : integer($0, in: 1...Self.mostConnections) }
        let isBackup = fields["backup"].flatMap { boolean($0) }
        let priority = fields["priority"].flatMap { integer($0, in: 0...15) }
        let zone = fields["zone"].flatMap { zoneName($0) }
        let state = fields["state"].flatMap { choice($0, BackendSettings.State.self) }
        let resolution = fields["resolve"].flatMap { choice($0, BackendSettings.Resolution.self) }
        guard let written = fields["url"] else {
            missing("url", in: fields, remedy: "write url: \"ws://127.0.0.1:9001\"")
            return nil
        }
        guard let (text, url) = backendURL(written) else { return nil }
        refuseUnfit(fields, for: url)
        var backend = BackendSettings(text, url, source: place(of: element))
        backend.weight = weight ?? backend.weight
        backend.maxConnections = bound
        backend.isBackup = isBackup ?? backend.isBackup
        backend.priority = priority ?? backend.priority
        backend.zone = zone
        backend.state = state ?? backend.state
        backend.resolution = resolution ?? backend.resolution
        return backend
    }

    private mutating func backendURL(_ element: Element) -> (text: String, url: BackendURL)? {
        let file = file
        return parsed(element) { text throws(TextProblem) in (text, try BackendURL(parsing: text, besides: file)) }
    }

    /// Where this proxy or a backend stands.
    mutating func zoneName(_ element: Element) -> String? {
        parsed(element) { text throws(TextProblem) in
            try NameText.validate(text)
            return text
        }
    }

    /// Keys that say nothing of a backend at this place.
    private mutating func refuseUnfit(_ fields: Fields, for url: BackendURL) {
        if url.isService {
            for key in ["weight", "priority"] {
                guard let element = fields[key] else { continue }
                error(element, "`\(key)` comes from the SRV records", remedy: "remove it, or write no `srv+` in the URL")
            }
            if let element = fields["resolve"] {
                error(element, "each SRV record is a backend of its own", remedy: "remove `resolve`")
            }
        } else if url.unixPath != nil || IPAddress(url.host) != nil, let element = fields["resolve"],
            element.scalar == BackendSettings.Resolution.each.rawValue
        {
            error(element, "there is no name in the URL that could have several addresses", remedy: "remove `resolve`")
        }
    }
}

extension BackendSettings {
    fileprivate init(_ text: String, _ url: BackendURL, source: SourcePlace) {
        self.init(
            url: text, scheme: url.scheme, host: url.host, port: url.port, unixPath: url.unixPath,
            isService: url.isService, source: source)
    }
}
