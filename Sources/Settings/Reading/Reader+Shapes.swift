/// Mappings, lists and single values.
extension Reader {
    /// The fields of a mapping whose keys are all among `keys`; unknown ones are reported, with the nearest known one.
    /// Nil, reported, when it is no mapping.
    ///
    /// - Parameter others: what may stand there instead, for the remedy: "on", "off".
    mutating func fields(_ element: Element, keys: [String], or others: [String] = []) -> Fields? {
        guard let all = element.fields else {
            let words = others.map { "\($0), " }.joined()
            error(
                element, "a mapping is wanted here, not \(element.value.kind)",
                remedy: "write \(words)\(others.isEmpty ? "" : "or ")`key: value` lines below it")
            return nil
        }
        var result = Fields(owner: element)
        for (key, line, inner) in all {
            guard keys.contains(key) else {
                unknown(key, at: SourcePlace(file: file, line: line, path: inner.path), keys: keys)
                continue
            }
            result.add(key, inner)
        }
        return result
    }

    /// A section that may be left empty, which is the same as leaving it out.
    mutating func section(_ element: Element?, keys: [String], or others: [String] = []) -> Fields? {
        guard let element, !element.isNothing else { return nil }
        return fields(element, keys: keys, or: others)
    }

    /// The elements of a list that is not empty. Nil, reported, otherwise.
    mutating func items(_ element: Element, of what: String) -> [Element]? {
        guard let items = element.items else {
            error(
                element, "a list of \(what) is wanted here, not \(element.value.kind)", remedy: "begin each with `- `")
            return nil
        }
        guard !items.isEmpty else {
            error(element, "the list of \(what) is empty", remedy: "write at least one")
            return nil
        }
        return items
    }

    /// The same of a list that has at most so many.
    mutating func items(_ element: Element, of what: String, atMost most: Int) -> [Element]? {
        guard let items = items(element, of: what) else { return nil }
        guard items.count <= most else {
            error(element, "\(items.count) \(what) are too many", remedy: "write at most \(most)")
            return nil
        }
        return items
    }

    /// A single value as text. `${NAME}` is refused: only secrets are looked up, so that a file says by itself where
    /// connections go. Nil, reported, when there is none.
    mutating func text(_ element: Element) -> String? {
        guard let text = rawText(element) else { return nil }
        guard !text.contains("${") else {
            error(element, "`${...}` is looked up only where a secret is expected", remedy: "write the value itself")
            return nil
        }
        return text
    }

    /// A single value as it stands there.
    mutating func rawText(_ element: Element) -> String? {
        switch element.value.content {
        case .scalar(let text) where !text.isEmpty:
            return text
        case .scalar, .nothing:
            error(element, "has no value", remedy: "write one, or remove the key")
        case .list, .map:
            error(
                element, "a single value is wanted here, not \(element.value.kind)", remedy: "write it behind the colon"
            )
        }
        return nil
    }

    private mutating func unknown(_ key: String, at place: SourcePlace, keys: [String]) {
        guard !isFull else { return }
        let remedy =
            Spelling.nearest(to: key, among: keys).map { "did you mean `\($0)`?" }
            ?? "the keys here are \(keys.joined(separator: ", "))"
        error(place, "unknown key", remedy: remedy)
    }
}
