import Balancing

/// `hash` of a pool.
extension Reader {
    private static let mostKeyParts = 8

    /// Nil, reported, where `balance` and `hash` do not go together.
    ///
    /// - Parameter balance: nil for one that was refused, of which nothing can be said.
    mutating func hash(_ pool: Fields, balance: Algorithm?) -> HashSettings? {
        guard let element = pool["hash"], !element.isNothing else {
            if balance == .hash, let element = pool["balance"] {
                error(
                    element, "`balance: hash` needs to know what to hash",
                    remedy: "write hash: { key: address }, or another key such as query.room")
            }
            return nil
        }
        if let balance, balance != .hash {
            error(
                element, "`hash` belongs to `balance: hash`, and here it is \(balance.rawValue)",
                remedy: "write balance: hash, or remove `hash`")
        }
        guard let fields = fields(element, keys: ["key", "max_load", "hold"]) else { return nil }
        var result = HashSettings(parts: [])
        if let key = fields["max_load"] {
            result.maxLoadPerMille = isOff(key) ? nil : ratio(key, in: 1010...10_000) ?? result.maxLoadPerMille
        }
        if let key = fields["hold"] { result.holds = boolean(key) ?? result.holds }
        guard let key = fields["key"] else {
            missing("key", in: fields, remedy: "write key: address, or another such as query.room")
            return nil
        }
        result.parts = keyParts(key)
        return result
    }

    private mutating func keyParts(_ element: Element) -> [HashKeyPart] {
        guard element.items != nil else { return keyPart(element).map { [$0] } ?? [] }
        guard let items = items(element, of: "parts", atMost: Self.mostKeyParts) else { return [] }
        var seen: Set<HashKeyPart> = []
        return items.compactMap { item in
            guard let part = keyPart(item) else { return nil }
            if !seen.insert(part).inserted { error(item, "`\(part)` is listed twice", remedy: "remove one") }
            return part
        }
    }

    private mutating func keyPart(_ element: Element) -> HashKeyPart? {
        parsed(element) { text throws(TextProblem) in try HashKeyText.read(text) }
    }
}
