/// Values of header fields: text with `${NAME}` anywhere in it, `file:PATH`, or `WORD file:PATH`.
extension Reader {
    static let longestFieldValue = 8 * 1024
    private static let remedyForFiles = "write file:PATH, or one word before it, as in Bearer file:PATH"

    /// Never repeats any of the value in a problem, as it may be a secret. Nil, reported, for one that is missing, empty,
    /// longer than 8 KiB, or no field value (RFC 9110 5.5).
    mutating func fieldValue(_ element: Element) -> Secret? {
        guard let text = rawText(element), isShort(text.utf8.count, element) else { return nil }
        let value: [UInt8]?
        if let (word, path) = Self.fileReference(text) {
            value = fileValue(word: word, path: path, element)
        } else {
            if Self.mentionsFile(text) {
                warn(
                    place(of: element), "`file:` inside this value is sent as it stands, no file is read",
                    remedy: Self.remedyForFiles)
            }
            value = expanded(text, element)
        }
        guard let value, isShort(value.count, element) else { return nil }
        guard value.allSatisfy({ ($0 >= 0x20 && $0 != 0x7f) || $0 == 0x09 }) else {
            error(
                element, "the value has a control character, such as a line break",
                remedy: "remove it, from the variable or file too")
            return nil
        }
        let ends = [value.first, value.last]
        guard !ends.contains(0x20), !ends.contains(0x09) else {
            error(element, "the value begins or ends with a blank", remedy: "remove it, from the variable or file too")
            return nil
        }
        return Secret(value)
    }

    private mutating func isShort(_ count: Int, _ element: Element) -> Bool {
        guard count > Self.longestFieldValue else { return true }
        error(element, "the value has \(count) bytes", remedy: "a field has at most 8 KiB")
        return false
    }

    /// `file:PATH`, perhaps behind one word such as `Bearer`; nil for every other text.
    private static func fileReference(_ text: String) -> (word: Substring, path: String)? {
        if text.hasPrefix("file:") { return ("", String(text.dropFirst(5))) }
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let word = parts.first, FieldNameText.isToken(word.utf8),
            let rest = parts.last?.drop(while: { $0 == " " }), rest.hasPrefix("file:")
        else { return nil }
        return (word, String(rest.dropFirst(5)))
    }

    /// True for `file:` with something behind it and no letter or digit before it.
    private static func mentionsFile(_ text: String) -> Bool {
        var rest = text[...]
        while let mark = rest.firstRange(of: "file:") {
            let isWord = rest[..<mark.lowerBound].last.map { $0.isLetter || $0.isNumber } ?? false
            rest = rest[mark.upperBound...]
            if !isWord, let next = rest.first, next != " " { return true }
        }
        return false
    }

    private mutating func fileValue(word: Substring, path: String, _ element: Element) -> [UInt8]? {
        guard !path.contains("${") else {
            error(element, "`${...}` is not looked up in the name of a file", remedy: Self.remedyForFiles)
            return nil
        }
        guard let bytes = bytes(ofFile: path, element) else { return nil }
        guard !bytes.isEmpty else {
            error(element, "the file is empty", remedy: "write the value into it")
            return nil
        }
        return word.isEmpty ? bytes : Array(word.utf8) + [0x20] + bytes
    }

    /// Puts variables in their places. What stands in a variable is not looked at again.
    private mutating func expanded(_ text: String, _ element: Element) -> [UInt8]? {
        var result: [UInt8] = []
        var isWhole = true
        var rest = text[...]
        while let mark = rest.firstRange(of: "${") {
            result += rest[..<mark.lowerBound].utf8
            rest = rest[mark.upperBound...]
            guard let end = rest.firstIndex(of: "}"), Self.isVariable(rest[..<end]) else {
                error(element, "`${` without the name of a variable and `}`", remedy: "write ${NAME}")
                return nil
            }
            if let value = variable(rest[..<end], element) {
                if value.isEmpty {
                    error(
                        element, "the variable `\(String(rest[..<end]).clipped)` is empty",
                        remedy: "set it where Tidegate is started")
                }
                result += value
            } else {
                isWhole = false
            }
            guard result.count <= Self.longestFieldValue else { return result }
            rest = rest[rest.index(after: end)...]
        }
        result += rest.utf8
        return isWhole ? result : nil
    }
}
