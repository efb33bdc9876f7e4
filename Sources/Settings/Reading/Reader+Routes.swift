import Routing

/// `routes`.
extension Reader {
    /// - Parameter names: what is written in the file as pools and listeners, readable or not: a pool with a problem of
    ///   its own is not missing as well.
    mutating func routes(_ root: Fields, names: WrittenNames) -> [RouteSettings] {
        guard let element = root["routes"] else {
            guard names.needsRoutes else { return [] }
            missing("routes", in: root, remedy: "write at least one: routes: [ { path: /*, pool: NAME } ]")
            return []
        }
        if element.isNothing, !names.needsRoutes { return [] }
        let routes = (items(element, of: "routes") ?? []).compactMap { route($0, names) }
        checkAmbiguities(routes)
        return named(routes)
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
