import Routing

/// `routes`.
extension Reader {
    /// - Parameter names: what is written in the file as pools and listeners, readable or not: a pool with a problem of
    ///   its own is not missing as well.
    mutating func routes(_ root: Fields, names: WrittenNames) -> [RouteSettings] {
        guard let element = root["routes"] else {
            missing("routes", in: root, remedy: "write at least one: routes: [ { path: /*, pool: NAME } ]")
            return []
        }
        let routes = (items(element, of: "routes") ?? []).compactMap { route($0, names) }
        checkAmbiguities(routes)
        return named(routes)
    }

    /// A route without a `name` has an empty one until `named(_:)` gives it its own.
    private mutating func route(_ element: Element, _ names: WrittenNames) -> RouteSettings? {
        guard let fields = fields(element, keys: ["name", "host", "path", "pool", "listeners"]) else { return nil }
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
        guard let poolElement = fields["pool"] else {
            missing("pool", in: fields, remedy: "write pool: NAME")
            return nil
        }
        // A nil inside is a value that was refused; a nil outside is a key that was left out.
        guard let pool = reference(poolElement, to: "pool", among: names.pools), let host = host ?? .some(.any),
            let path = path ?? .some(.prefix([])),
            let listeners = listeners ?? .some([])
        else { return nil }
        return RouteSettings(
            name: name ?? "", host: host, path: path, pool: pool, listeners: listeners.isEmpty ? nil : listeners,
            source: place(of: element))
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

    /// A name that something else in the file must have.
    private mutating func reference(_ element: Element, to what: String, among names: Set<String>) -> String? {
        guard let name = text(element) else { return nil }
        guard names.contains(name) else {
            guard !isFull else { return nil }
            let remedy =
                Spelling.nearest(to: name, among: names.sorted()).map { "did you mean `\($0)`?" }
                ?? "write the name of a \(what) of this file"
            error(element, "there is no \(what) `\(name.clipped)`", remedy: remedy)
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

    private mutating func checkAmbiguities(_ settings: [RouteSettings]) {
        let routes = settings.map { route in
            Route(
                name: "", host: route.host, path: route.path, listeners: route.listeners.map { Set($0) }, target: 0)
        }
        for pair in RouteTable<Int>.ambiguities(in: routes) {
            let (first, second) = (settings[pair.first], settings[pair.second])
            let line = first.source.line.map { "in line \($0)" } ?? "before it"
            error(
                second.source, "the same host and path as \(first.source.path) \(line): \(second.host) \(second.path)",
                remedy: "remove one, or keep them apart by `listeners`")
        }
    }

    /// Gives each route without a name the one made of its host and path; routes of the same host and path, which differ by
    /// listeners, get those behind it.
    private mutating func named(_ settings: [RouteSettings]) -> [RouteSettings] {
        var lines: [String: Int] = [:]
        for route in settings where !route.name.isEmpty {
            if let line = lines[route.name] {
                error(
                    route.source, "the name `\(route.name)` is taken by the route in line \(line)",
                    remedy: "choose another")
            } else {
                lines[route.name] = route.source.line ?? 0
            }
        }
        return settings.map { route in
            guard route.name.isEmpty else { return route }
            var route = route
            route.name = "\(route.host)\(route.path)"
            if lines[route.name] != nil, let listeners = route.listeners {
                route.name += "@" + listeners.joined(separator: "+")
            }
            if let line = lines[route.name] {
                error(
                    route.source,
                    "the route in line \(line) is named `\(route.name.clipped)`, as this one would be without a name",
                    remedy: "give one of them another `name`")
            }
            lines[route.name] = route.source.line ?? 0
            return route
        }
    }
}
