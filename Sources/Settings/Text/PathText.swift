import Routing

/// Paths that requests are given, as they are written: `/api`, `/v1/realtime`.
enum PathText {
    /// A whole path in the form in which paths are compared and sent. Refused: what no request's path can be, and stars.
    static func read(_ text: String) throws(TextProblem) -> [UInt8] {
        let pattern: PathPattern
        do throws(PatternProblem) {
            pattern = try PathPattern(parsing: text)
            try refuseDotsWithParameters(pattern)
        } catch {
            throw TextProblem(error.message, remedy: error.remedy)
        }
        guard case .exact(let path) = pattern else {
            throw TextProblem("a path that requests are given has no `*`", remedy: "write it without `/*`")
        }
        return path
    }

    /// A prefix in the same form, without the `/` at its end. Refused as well: one that has nothing to take away.
    static func readPrefix(_ text: String) throws(TextProblem) -> [UInt8] {
        var path = try read(text)
        if path.last == UInt8(ascii: "/") { path.removeLast() }
        guard let last = path.last else {
            throw TextProblem(
                "a prefix of `/` leaves nothing to strip", remedy: "write one such as /api, or remove the key")
        }
        guard last != UInt8(ascii: "/") else {
            throw TextProblem("a prefix ends in one `/` at most", remedy: "write one such as /api")
        }
        return path
    }

    /// True when `path` is `prefix` or lies below it, on a segment's border.
    static func lies(_ path: [UInt8], below prefix: [UInt8]) -> Bool {
        path.starts(with: prefix) && (path.count == prefix.count || path[prefix.count] == UInt8(ascii: "/"))
    }

    /// `..%3Bx`: dots with parameters whose `;` an origin may decode first. A pattern of them matches nothing, and so does
    /// no harm; a path that is sent might.
    private static func refuseDotsWithParameters(_ pattern: PathPattern) throws(PatternProblem) {
        let text = pattern.description
        guard text.contains("%3B") else { return }
        _ = try PathPattern(parsing: text.replacing("%3B", with: ";"))
    }
}
