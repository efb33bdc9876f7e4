/// Names of header fields as they are written in header rules.
enum FieldNameText {
    static let longest = 256

    /// Refused: everything but a token (RFC 9110 5.1 and 5.6.2) of at most 256 bytes.
    static func validate(_ text: String) throws(TextProblem) {
        guard text.utf8.count <= longest else {
            throw TextProblem("the name of a field has at most \(longest) bytes", remedy: "shorten it")
        }
        guard isToken(text.utf8) else {
            throw TextProblem(
                "this is no name of a header field",
                remedy: "write the name alone, of letters, digits and `-`, and `: ` with a blank before a value")
        }
    }

    /// What may be shown of a text that should be a name: its beginning, as far as it could be one. What follows may be a
    /// secret, as in `Authorization:Bearer XYZ`, which YAML takes for one long key. Nothing of what has an `@` or `?` in it: there
    /// the secret may come first.
    static func shown(_ text: String) -> String {
        guard !text.utf8.contains(UInt8(ascii: "@")), !text.utf8.contains(UInt8(ascii: "?")) else { return "..." }
        let name = String(decoding: text.utf8.prefix { isTokenByte($0) }, as: UTF8.self)
        return name.utf8.count == text.utf8.count ? name.clipped : "\(name.clipped)..."
    }

    /// The form in which names compare (RFC 9110 5.1).
    static func lowercased(_ name: String) -> String {
        String(decoding: name.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// RFC 9110 5.6.2.
    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy(isTokenByte)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c, 0x7e: true
        default: false
        }
    }
}
