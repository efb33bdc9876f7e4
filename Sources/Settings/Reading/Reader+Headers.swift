/// `request_headers` and `response_headers`.
extension Reader {
    static let mostHeaderRules = 64
    private static let headerKeys = ["set", "add", "remove"]

    /// Rules that are left out where they cannot be used, each reported. A text that stands where a name should be is shown
    /// only as far as it could be one, and no value ever: both may hold secrets.
    mutating func headerRules(_ element: Element?, on direction: FieldOwners.Direction) -> HeaderRules {
        guard let element, !element.isNothing else { return HeaderRules() }
        guard case .map(let entries) = element.value.content else {
            error(
                element, "a mapping is wanted here, not \(element.value.kind)",
                remedy: "write { set: { NAME: value }, add: { NAME: value }, remove: [ NAME ] }")
            return HeaderRules()
        }
        var sections: [String: Element] = [:]
        for entry in entries {
            let shown = FieldNameText.shown(entry.key)
            let path = "\(element.path).\(shown)"
            if Self.headerKeys.contains(entry.key) {
                sections[entry.key] = Element(value: entry.value, path: path)
            } else {
                let remedy =
                    Spelling.nearest(to: shown, among: Self.headerKeys).map { "did you mean `\($0)`?" }
                    ?? "write fields below `set` or `add`, names in a list at `remove`"
                error(SourcePlace(file: file, line: entry.line, path: path), "unknown key", remedy: remedy)
            }
        }
        let count = sections.values.reduce(0) { $0 &+ ($1.items?.count ?? $1.count) }
        guard count <= Self.mostHeaderRules else {
            error(element, "\(count) rules are too many", remedy: "write at most \(Self.mostHeaderRules)")
            return HeaderRules()
        }
        var lines: [String: Int] = [:]
        var rules = HeaderRules()
        rules.set = written(sections["set"], .set, direction, lines: &lines)
        var others: [String: Int] = [:]
        rules.add = written(sections["add"], .add, direction, lines: &others)
        rules.remove = removed(sections["remove"], direction, set: lines)
        return rules
    }

    /// Fields by name.
    ///
    /// - Parameter lines: takes the names, in lower case, and where they stand.
    private mutating func written(
        _ element: Element?, _ use: FieldOwners.Use, _ direction: FieldOwners.Direction, lines: inout [String: Int]
    ) -> [HeaderRules.Field] {
        guard let element, !element.isNothing else { return [] }
        guard case .map(let entries) = element.value.content else {
            error(
                element, "a mapping of names to values is wanted here, not \(element.value.kind)",
                remedy: "write \(use.rawValue): { NAME: value }")
            return []
        }
        var result: [HeaderRules.Field] = []
        for entry in entries {
            let inner = Element(value: entry.value, path: "\(element.path).\(FieldNameText.shown(entry.key))")
            let place = SourcePlace(file: file, line: entry.line, path: inner.path)
            let isNamed = isUsable(entry.key, use, direction, at: place)
            let name = FieldNameText.lowercased(entry.key)
            // A line that is no rule at all has no value to complain of.
            guard isNamed else { continue }
            if let line = lines[name] {
                error(place, "the same field stands in line \(line)", remedy: "case makes no difference: keep one")
            }
            lines[name] = entry.line
            guard let value = fieldValue(inner) else { continue }
            if name == "host", !HostPolicyText.isHost(value.bytes) {
                error(
                    inner, "this is no host, with or without a port", remedy: "write one such as api.example.com:8443")
            }
            result.append(HeaderRules.Field(name: entry.key, value: value))
        }
        return result
    }

    /// - Parameter set: the names that are set, in lower case, and where.
    private mutating func removed(
        _ element: Element?, _ direction: FieldOwners.Direction, set: [String: Int]
    ) -> [String] {
        guard let element, !element.isNothing else { return [] }
        guard let items = element.items else {
            error(
                element, "a list of names is wanted here, not \(element.value.kind)", remedy: "write remove: [ NAME ]")
            return []
        }
        var seen: Set<String> = []
        return items.compactMap { item in
            guard let text = rawText(item), isUsable(text, .remove, direction, at: place(of: item)) else { return nil }
            let name = FieldNameText.lowercased(text)
            if let line = set[name] {
                error(
                    item, "`\(text.clipped)` is removed here and set in line \(line)",
                    remedy: "keep one of the two: `set` replaces what is there")
            }
            if !seen.insert(name).inserted {
                error(item, "`\(text.clipped)` is listed twice", remedy: "remove one")
            }
            return text
        }
    }

    /// False, reported, for what is no name of a field and for fields that no such rule may touch.
    private mutating func isUsable(
        _ text: String, _ use: FieldOwners.Use, _ direction: FieldOwners.Direction, at place: SourcePlace
    ) -> Bool {
        do throws(TextProblem) {
            try FieldNameText.validate(text)
        } catch {
            self.error(place, error.message, remedy: error.remedy)
            return false
        }
        if let objection = FieldOwners.objection(to: use, FieldNameText.lowercased(text), on: direction) {
            error(place, objection.message, remedy: objection.remedy)
            return false
        }
        if direction == .request, text.utf8.contains(UInt8(ascii: "_")) {
            let (message, remedy) =
                use == .remove
                ? ("fields with `_` in their names never reach a backend", "remove the rule")
                : ("backends may read `_` as `-`, and take this field for another one", "write `-` for `_`")
            warn(place, message, remedy: remedy)
        }
        return true
    }
}

extension Element {
    /// Of keys; 0 for what is no mapping.
    fileprivate var count: Int {
        if case .map(let entries) = value.content { entries.count } else { 0 }
    }
}
