/// What a check asks for, as it is written: `/health`, `/ws?probe=1`.
enum TargetText {
    static let longest = 2048

    /// Refused: what does not begin with `/`, blanks and everything else that has to be escaped in a request's line, and
    /// fragments. Texts that are refused are not shown: there may be a key in the query.
    static func validate(_ text: String) throws(TextProblem) {
        guard text.hasPrefix("/") else {
            throw TextProblem("a path begins with `/`", remedy: "write one such as /health")
        }
        guard text.utf8.count <= longest, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") })
        else {
            throw TextProblem(
                "this is no path of a request",
                remedy: "write at most \(longest) visible ASCII characters without `#`; escape others, as in %20")
        }
    }
}
