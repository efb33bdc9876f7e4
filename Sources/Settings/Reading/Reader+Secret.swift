/// Secrets: as they stand there, `${NAME}` from the environment, or `file:PATH`.
extension Reader {
    static let longestSecret = 64 * 1024

    /// Never repeats any of the secret in a problem. Nil, reported, for one that is missing, empty or longer than 64 KiB.
    mutating func secret(_ element: Element) -> Secret? {
        guard let text = rawText(element) else { return nil }
        if text.hasPrefix("file:") { return secretFile(String(text.dropFirst(5)), element) }
        if text.contains("${") { return secretVariable(text, element) }
        return checked(Array(text.utf8), element)
    }

    private mutating func secretVariable(_ text: String, _ element: Element) -> Secret? {
        let name = text.dropFirst(2).dropLast()
        guard text.hasPrefix("${"), text.hasSuffix("}"), Self.isVariable(name) else {
            error(element, "a variable is the whole value", remedy: "write ${NAME} and nothing else")
            return nil
        }
        guard let value = variable(name, element) else { return nil }
        return checked(value, element)
    }

    private mutating func secretFile(_ path: String, _ element: Element) -> Secret? {
        guard let bytes = bytes(ofFile: path, element) else { return nil }
        return checked(bytes, element)
    }

    /// 1 or more letters, digits and `_`.
    static func isVariable(_ name: Substring) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
                    || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            }
    }

    /// A variable of the environment. Nil, reported, when there is none.
    mutating func variable(_ name: Substring, _ element: Element) -> [UInt8]? {
        guard let value = environment[String(name)] else {
            error(
                element, "the environment has no `\(String(name).clipped)`", remedy: "set it where Tidegate is started")
            return nil
        }
        return Array(value.utf8)
    }

    /// A file's bytes without the line breaks at its end: editors and `echo` write one that is no part of the secret. Nil,
    /// reported, when it cannot be read.
    mutating func bytes(ofFile path: String, _ element: Element) -> [UInt8]? {
        do {
            try FilePath.validate(path)
        } catch {
            self.error(element, error)
            return nil
        }
        let resolved = FilePath.resolve(path, besides: file)
        do {
            var bytes = try readFile(resolved)
            while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
            return bytes
        } catch {
            let usual = "create it, readable for the user that Tidegate runs as"
            if let known = error as? UnreadableFile {
                self.error(element, known.message, remedy: known.remedy.isEmpty ? usual : known.remedy)
            } else {
                self.error(
                    element, "`\(resolved.clipped)` cannot be read (\(String(describing: error).clipped))", remedy: usual)
            }
            return nil
        }
    }

    private mutating func checked(_ bytes: [UInt8], _ element: Element) -> Secret? {
        guard !bytes.isEmpty, bytes.count <= Self.longestSecret else {
            let message = bytes.isEmpty ? "the secret is empty" : "the secret is longer than 64 KiB"
            error(element, message, remedy: "write one of at least 16 characters")
            return nil
        }
        return Secret(bytes)
    }
}
