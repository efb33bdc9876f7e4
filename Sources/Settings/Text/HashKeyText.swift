/// Parts of a hash key as they are written: `address`, `header.X-Room`, `query.room`, `path.2`.
enum HashKeyText {
    private static let words = ["address", "host", "header", "cookie", "query", "path", "subprotocol"]
    private static let deepestSegment = 64
    private static let remedy = "write address, host, header.NAME, cookie.NAME, query.NAME, path.NUMBER or subprotocol"

    static func read(_ text: String) throws(TextProblem) -> HashKeyPart {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.count == 2 ? parts.last.map(String.init) : nil
        switch parts.first.map(String.init) ?? "" {
        case "address": return try alone(.address, name)
        case "host": return try alone(.host, name)
        case "subprotocol": return try alone(.subprotocol, name)
        case "header": return .header(try header(name))
        case "cookie": return .cookie(try cookie(name))
        case "query": return .query(try parameter(name))
        case "path": return .path(try segment(name))
        case let word:
            let near = Spelling.nearest(to: word, among: words)
            throw TextProblem(
                "`\(FieldNameText.shown(text))` is no part of a key", remedy: near.map { "did you mean `\($0)`?" } ?? remedy)
        }
    }

    private static func alone(_ part: HashKeyPart, _ name: String?) throws(TextProblem) -> HashKeyPart {
        guard name == nil else {
            throw TextProblem("`\(part)` has no name behind it", remedy: "write \(part) alone")
        }
        return part
    }

    private static func header(_ name: String?) throws(TextProblem) -> String {
        guard let name else { throw TextProblem("the name of the field is missing", remedy: "write header.NAME") }
        try FieldNameText.validate(name)
        return FieldNameText.lowercased(name)
    }

    private static func cookie(_ name: String?) throws(TextProblem) -> String {
        guard let name else { throw TextProblem("the name of the cookie is missing", remedy: "write cookie.NAME") }
        try CookieText.validateName(name)
        return name
    }

    /// `%` and `+` would be escapes, and names are compared as they were before escaping.
    private static func parameter(_ name: String?) throws(TextProblem) -> String {
        let refused = Array("&=#%+".utf8)
        guard let name, (1...FieldNameText.longest).contains(name.utf8.count),
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !refused.contains($0) })
        else {
            throw TextProblem(
                name == nil ? "the name of the parameter is missing" : "this is no name of a parameter",
                remedy: "write query.NAME, of visible ASCII without `&`, `=`, `#`, `%` and `+`")
        }
        return name
    }

    private static func segment(_ number: String?) throws(TextProblem) -> Int {
        guard let number, let value = DecimalText.read(number), (1...deepestSegment).contains(value) else {
            throw TextProblem(
                "the number of the segment is \(number == nil ? "missing" : "none of 1 to \(deepestSegment)")",
                remedy: "write path.1 for the first segment")
        }
        return value
    }
}
