/// Names and attributes of cookies as they are written (RFC 6265 4.1.1). What is refused is not shown: it may be a secret in
/// the wrong place.
enum CookieText {
    static let longestName = 128
    static let longestPath = 1024

    static func validateName(_ name: String) throws(TextProblem) {
        guard name.utf8.count <= longestName, FieldNameText.isToken(name.utf8) else {
            throw TextProblem(
                "this is no name of a cookie", remedy: "write 1 to \(longestName) letters, digits, `-`, `_` and `.`")
        }
    }

    static func validatePath(_ path: String) throws(TextProblem) {
        let isWell = path.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",")
        }
        guard path.hasPrefix("/"), isWell, path.utf8.count <= longestPath else {
            throw TextProblem(
                "this is no path of a cookie",
                remedy: "write `/`, or a path that begins with it, of visible ASCII without `;` and `,`")
        }
    }

    /// A name in lower case, without the dots that browsers ignore (RFC 6265 5.2.3) or never match.
    static func domain(_ text: String) throws(TextProblem) -> String {
        let name = try HostText.name(text.hasPrefix(".") ? String(text.dropFirst()) : text)
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
