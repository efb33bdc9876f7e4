/// `respond` of a route.
extension Reader {
    static let longestBody = 64 * 1024
    private static let statuses = 200...599
    /// These end with their head (RFC 9110 15.3.5, 15.3.6, 15.4.5).
    private static let statusesWithoutBody = [204, 205, 304]

    /// A bare status, or a mapping of `status`, `body` and `content_type`.
    mutating func fixedAnswer(_ element: Element) -> FixedAnswer? {
        if element.scalar != nil { return integer(element, in: Self.statuses).map { FixedAnswer(status: $0) } }
        guard let fields = fields(element, keys: ["status", "body", "content_type"]) else { return nil }
        var answer = FixedAnswer()
        if let key = fields["status"] { answer.status = integer(key, in: Self.statuses) ?? answer.status }
        if let key = fields["content_type"] {
            let type = parsed(key) { text throws(TextProblem) in
                try MediaTypeText.validate(text)
                return text
            }
            answer.contentType = type ?? answer.contentType
        }
        if let key = fields["body"] {
            answer.body = body(key) ?? []
            if !answer.body.isEmpty, Self.statusesWithoutBody.contains(answer.status) {
                error(
                    key, "an answer of status \(answer.status) has no body",
                    remedy: "remove `body`, or write status: 200")
            }
        }
        return answer
    }

    /// Unlike other values it may be empty: `""`.
    private mutating func body(_ element: Element) -> [UInt8]? {
        if element.scalar?.isEmpty == true { return [] }
        guard let text = text(element) else { return nil }
        guard text.utf8.count <= Self.longestBody else {
            error(
                element, "the body has \(text.utf8.count) bytes",
                remedy: "write at most \(SizeText.write(Self.longestBody)), or serve it from a backend")
            return nil
        }
        return Array(text.utf8)
    }
}
