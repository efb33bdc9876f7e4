/// A value and the path of keys that leads to it.
struct Element {
    let value: FileValue
    /// `pools.chat.backends[1]`; empty for the root.
    let path: String

    /// The elements of a mapping by key; nil when the value is none. Of a key that is none, since a field and its value were
    /// written as one, the path shows only the beginning.
    var fields: [(key: String, line: Int, element: Element)]? {
        guard case .map(let entries) = value.content else { return nil }
        return entries.map { entry in
            let shown = FieldNameText.shown(entry.key)
            let inner = path.isEmpty ? shown : "\(path).\(shown)"
            return (entry.key, entry.line, Element(value: entry.value, path: inner))
        }
    }

    /// The elements of a list; nil when the value is none.
    var items: [Element]? {
        guard case .list(let values) = value.content else { return nil }
        return values.enumerated().map { Element(value: $1, path: "\(path)[\($0)]") }
    }

    var isNothing: Bool { value.isNothing }

    /// The text of a single value; nil for all others.
    var scalar: String? {
        if case .scalar(let text) = value.content { text } else { nil }
    }
}
