/// Media types as they are written: `text/html; charset=utf-8`.
enum MediaTypeText {
    static let longest = 256

    /// Refused: what has no type and subtype (RFC 9110 8.3.1), and what is no visible ASCII. Parameters are not looked at.
    static func validate(_ text: String) throws(TextProblem) {
        let type = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        let parts = type.trimmingBlanksAtEnd.split(separator: "/", omittingEmptySubsequences: false)
        guard text.utf8.count <= longest, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }), text.utf8.last != 0x20,
            parts.count == 2, parts.allSatisfy({ FieldNameText.isToken($0.utf8) })
        else {
            throw TextProblem(
                "`\(text.clipped)` is no media type",
                remedy: "write one such as application/json, in at most \(longest) bytes")
        }
    }
}

extension Substring {
    fileprivate var trimmingBlanksAtEnd: Substring {
        var rest = self
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
