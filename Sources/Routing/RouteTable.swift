/// Finds the most specific route of a request: the exact host first, then the longest `*.suffix`, then any host; within a
/// host the exact path first, then the longest prefix. A host without a route for the path hands on to the next less
/// specific host.
///
/// The table is built once for all listeners and never changes, so that any thread may ask it. A lookup allocates nothing
/// and costs a bounded number of comparisons: a few for each distinct length of a suffix or prefix in the configuration,
/// however long the request's host and path are.
public struct RouteTable<Target: Sendable>: Sendable {
    /// Listener names; the position is the `listener` of `match`.
    public let listeners: [String]
    private let tables: [HostTable]
    private let targets: [Target]

    /// - Parameter listeners: every listener by name, in the order in which `match` counts them. A route that names a
    ///   listener not among them is no error here: it matches nothing.
    ///
    /// Of two routes with the same host, path and listener the first wins; `ambiguities(in:)` finds such pairs.
    public init(routes: [Route<Target>], listeners: [String]) {
        self.listeners = listeners
        targets = routes.map(\.target)
        tables = listeners.map { listener in
            HostTable(
                routes.enumerated().filter { $0.element.serves(listener: listener) }.map {
                    ($0.element.host, $0.element.path, $0.offset)
                })
        }
    }

    /// The position of a listener's name; nil when the table was built without it.
    public func index(ofListener name: String) -> Int? {
        listeners.firstIndex(of: name)
    }

    /// The position of the most specific route among those the table was built from, or nil when no route is for this request.
    ///
    /// - Parameters:
    ///   - host: lower case, without a port; one final dot is looked past. Empty when the request named none.
    ///   - path: in its routed form (see `PathPattern`), without the query.
    ///   - listener: the position in `listeners`; any other number matches nothing.
    public func position(host: Span<UInt8>, path: Span<UInt8>, listener: Int) -> Int? {
        guard tables.indices.contains(listener) else { return nil }
        return tables[listener].match(host: host, path: path)
    }

    /// The target of the route at `position(host:path:listener:)`.
    public func match(host: [UInt8]?, path: [UInt8], listener: Int) -> Target? {
        let host = host ?? []
        return position(host: host.span, path: path.span, listener: listener).map { targets[$0] }
    }
}
