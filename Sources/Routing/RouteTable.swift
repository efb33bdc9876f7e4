/// Finds the most specific route of a request: the exact host first, then the longest `*.suffix`, then any host; within a
/// host the exact path first, then the longest prefix. A host without a route for the path hands on to the next less
/// specific host.
///
/// The table is built once for all listeners and never changes, so that any thread may ask it. A lookup makes no String
/// and costs a bounded number of hash lookups: one for each distinct length of a suffix or prefix in the configuration,
/// however long the request's host and path are.
package struct RouteTable<Target: Sendable>: Sendable {
    /// Listener names; the position is the `listener` of `match`.
    package let listeners: [String]
    private let tables: [HostTable<Target>]

    /// - Parameter listeners: every listener by name, in the order in which `match` counts them. A route that names a
    ///   listener not among them is no error here: it matches nothing.
    ///
    /// Of two routes with the same host, path and listener the first wins; `ambiguities(in:)` finds such pairs.
    package init(routes: [Route<Target>], listeners: [String]) {
        self.listeners = listeners
        tables = listeners.map { listener in
            HostTable(routes: routes.filter { $0.serves(listener: listener) })
        }
    }

    /// The position of a listener's name; nil when the table was built without it.
    package func index(ofListener name: String) -> Int? {
        listeners.firstIndex(of: name)
    }

    /// The target of the most specific route, or nil when no route is for this request.
    ///
    /// - Parameters:
    ///   - host: lower case, without a port; one final dot is looked past. Nil when the request named none.
    ///   - path: in its routed form (see `PathPattern`), without the query.
    ///   - listener: the position in `listeners`; any other number matches nothing.
    package func match(host: ArraySlice<UInt8>?, path: ArraySlice<UInt8>, listener: Int) -> Target? {
        guard tables.indices.contains(listener) else { return nil }
        return tables[listener].match(host: host, path: path)
    }

    /// The same for whole arrays.
    package func match(host: [UInt8]?, path: [UInt8], listener: Int) -> Target? {
        match(host: host?[...], path: path[...], listener: listener)
    }
}
