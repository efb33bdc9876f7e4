/// What the file has, by the names that stand there, whether or not the rest of each thing can be read.
struct WrittenNames {
    let pools: Set<String>
    let listeners: Set<String>
    /// False when every listener redirects: then no route is ever asked.
    let needsRoutes: Bool
    /// False when every route answers by itself.
    let needsPools: Bool

    init(_ root: Fields) {
        pools = Set(root["pools"]?.fields?.map(\.key) ?? [])
        let written = root["listeners"]?.items ?? []
        listeners = Set(written.compactMap { $0["name"]?.scalar })
        let needsRoutes = written.isEmpty || written.contains { !Self.redirects($0["redirect_to_https"]) }
        self.needsRoutes = needsRoutes
        needsPools = root["routes"]?.items?.contains { $0["respond"] == nil } ?? needsRoutes
    }

    private static func redirects(_ element: Element?) -> Bool {
        guard let text = element?.scalar else { return false }
        return Reader.boolean(text) != false
    }
}

extension Element {
    /// The element of a key; nil when there is none, and in what is no mapping.
    fileprivate subscript(_ key: String) -> Element? {
        fields?.first { $0.key == key }?.element
    }
}
