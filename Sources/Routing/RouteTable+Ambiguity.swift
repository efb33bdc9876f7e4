/// Two routes with the same host and path that share a listener: neither is more specific, so a table that held both
/// would choose by order, which nobody reads out of a file.
public struct RouteAmbiguity: Hashable, Sendable {
    /// Positions in the given routes, `first` before `second`.
    public let first: Int
    public let second: Int
}

extension RouteTable {
    /// Every route that collides with an earlier one, each named once with the first route it collides with.
    public static func ambiguities(in routes: [Route<Target>]) -> [RouteAmbiguity] {
        var earlier: [RouteKey: [Int]] = [:]
        var found: [RouteAmbiguity] = []
        for (index, route) in routes.enumerated() {
            let key = RouteKey(host: route.host, path: route.path)
            if let other = earlier[key]?.first(where: { overlap(routes[$0].listeners, route.listeners) }) {
                found.append(RouteAmbiguity(first: other, second: index))
            } else {
                // A route that already collides is left out: it would only repeat the same complaint.
                earlier[key, default: []].append(index)
            }
        }
        return found
    }

    /// Nil is every listener, so it overlaps with all but the empty set.
    private static func overlap(_ one: Set<String>?, _ other: Set<String>?) -> Bool {
        guard let one else { return other.map { !$0.isEmpty } ?? true }
        guard let other else { return !one.isEmpty }
        return !one.isDisjoint(with: other)
    }
}

/// What makes two routes equally specific.
private struct RouteKey: Hashable {
    let host: HostPattern
    let path: PathPattern
}
