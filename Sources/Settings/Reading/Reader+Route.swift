import Routing

/// One of `routes`.
extension Reader {
    private static let routeKeys = [
        "name", "host", "path", "pool", "respond", "listeners", "upgrade", "strip_prefix", "replace_path",
        "request_headers", "response_headers", "sse_keepalive",
    ]
    /// What only requests to a pool have.
    private static let poolRouteKeys = [
        "upgrade", "strip_prefix", "replace_path", "request_headers", "sse_keepalive",
    ]

    /// A route without a `name` has an empty one until `named(_:)` gives it its own.
    mutating func route(_ element: Element, _ names: WrittenNames) -> RouteSettings? {
        guard let fields = fields(element, keys: Self.routeKeys) else { return nil }
        let name = fields["name"].flatMap { element in
            parsed(element) { text throws(TextProblem) in
                try NameText.validateRoute(text)
                return text
            }
        }
        let host = fields["host"].map { element in
            pattern(element) { text throws(PatternProblem) in try HostPattern(parsing: text) }
        }
        let path = fields["path"].map { element in
            pattern(element) { text throws(PatternProblem) in try PathPattern(parsing: text) }
        }
        let listeners = fields["listeners"].map { listenerNames($0, names) }
        // Every key is read before anything is given up, so that all problems show at once.
        let destination = destination(fields, names)
        let upgradesOnly = fields["upgrade"].flatMap { self.upgradesOnly($0) }
        let rewrite = rewrite(fields, path: path ?? .prefix([]))
        let requestHeaders = headerRules(fields["request_headers"], on: .request)
        let responseHeaders = headerRules(fields["response_headers"], on: .response)
        let sseKeepAlive = fields["sse_keepalive"].flatMap {
            isOff($0) ? nil : duration($0, in: .seconds(1) ... .seconds(3600))
        }
        // A nil inside is a value that was refused; a nil outside is a key that was left out.
        guard let destination, let host = host ?? .some(.any), let path = path ?? .some(.prefix([])),
            let listeners = listeners ?? .some([])
        else { return nil }
        return RouteSettings(
            name: name ?? "", host: host, path: path, destination: destination,
            listeners: listeners.isEmpty ? nil : listeners, carriesUpgradesOnly: upgradesOnly ?? false,
            rewrite: rewrite, requestHeaders: requestHeaders, responseHeaders: responseHeaders,
            sseKeepAlive: sseKeepAlive, source: place(of: element))
    }

    private mutating func pattern<Pattern>(
        _ element: Element, _ read: (String) throws(PatternProblem) -> Pattern
    ) -> Pattern? {
        parsed(element) { text throws(TextProblem) in
            do throws(PatternProblem) {
                return try read(text)
            } catch {
                throw TextProblem(error.message, remedy: error.remedy)
            }
        }
    }

    /// Exactly one of `pool` and `respond`.
    private mutating func destination(_ fields: Fields, _ names: WrittenNames) -> RouteSettings.Destination? {
        let pool = fields["pool"].map { reference($0, to: "pool", among: names.pools) }
        guard let element = fields["respond"] else {
            guard let pool else {
                missing("pool", in: fields, remedy: "write pool: NAME, or respond: { status: 200, body: \"ok\" }")
                return nil
            }
            return pool.map { .pool($0) }
        }
        let answer = fixedAnswer(element)
        if pool != nil {
            error(element, "a route has a `pool` or a `respond`, not both", remedy: "remove one of them")
        }
        for key in Self.poolRouteKeys {
            guard let element = fields[key] else { continue }
            error(
                element, "a route that answers by itself sends nothing on, `\(key)` has no meaning there",
                remedy: "remove it, or write pool: NAME for `respond`")
        }
        return answer.map { .respond($0) }
    }

    /// `websocket only`, or `allowed`, the default.
    private mutating func upgradesOnly(_ element: Element) -> Bool? {
        parsed(element) { text throws(TextProblem) in
            switch text {
            case "websocket only", "websocket_only": return true
            case "allowed": return false
            default:
                throw TextProblem(
                    "`\(text.clipped)` is none of the choices",
                    remedy: "write `websocket only` to refuse plain requests, or `allowed`")
            }
        }
    }

    /// A name that something else in the file must have.
    private mutating func reference(_ element: Element, to what: String, among names: Set<String>) -> String? {
        guard let name = text(element) else { return nil }
        guard names.contains(name) else {
            guard !isFull else { return nil }
            let remedy =
                Spelling.nearest(to: name, among: names.sorted()).map { "did you mean `\($0)`?" }
                ?? "write the name of a \(what) of this file"
            error(element, "there is no \(what) `\(FieldNameText.shown(name))`", remedy: remedy)
            return nil
        }
        return name
    }

    /// Nil, reported, for anything but a list of names of listeners, each once.
    private mutating func listenerNames(_ element: Element, _ written: WrittenNames) -> [String]? {
        guard let items = items(element, of: "listeners") else { return nil }
        var names: [String] = []
        var seen: Set<String> = []
        for item in items {
            guard let name = reference(item, to: "listener", among: written.listeners) else { continue }
            if seen.insert(name).inserted {
                names.append(name)
            } else {
                error(item, "`\(name.clipped)` is listed twice", remedy: "remove one")
            }
        }
        return names
    }
}
