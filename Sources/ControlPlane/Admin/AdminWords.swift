/// What a request to the API says beyond its path: names and values in the query, or in the body as a form or as flat JSON. The body is
/// looked at only without a query.
struct AdminWords {
    /// In the order they came; names may come twice.
    let pairs: [(name: String, value: String)]

    /// Nil for what is no such list.
    init?(_ request: AdminRequest) {
        let isQuery = !request.query.isEmpty
        let text = isQuery ? request.query : String(decoding: request.body, as: UTF8.self)
        let bare = text.filter { !$0.isWhitespace && $0 != "\"" && $0 != "{" && $0 != "}" }
        var pairs: [(name: String, value: String)] = []
        for part in bare.split(whereSeparator: { $0 == "&" || $0 == "," }) {
            guard let separator = part.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
            let value = part[part.index(after: separator)...]
            // A `%` that encodes nothing is one.
            pairs.append((String(part[..<separator]), PercentText.decode(value) ?? String(value)))
        }
        self.pairs = pairs
    }

    /// The value of the only name; nil when there are others, or it is not `name`.
    func only(_ name: String) -> String? {
        guard pairs.count == 1, let pair = pairs.first, pair.name == name else { return nil }
        return pair.value
    }
}
