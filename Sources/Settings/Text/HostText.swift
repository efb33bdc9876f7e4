import Wire

/// Hosts as they are written: names and IP addresses, without a port.
enum HostText {
    /// A name in lower case, or an address in its RFC 5952 text. An IPv6 address may stand in brackets or without.
    static func read(_ text: String) throws(TextProblem) -> String {
        let inner = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        if let address = IPAddress(inner), inner == text || !address.isIPv4 { return address.description }
        return try name(text)
    }

    /// A name in lower case: labels of 1 to 63 letters, digits, `-` and `_`, at most 253 bytes, a trailing dot kept.
    static func name(_ text: String) throws(TextProblem) -> String {
        let name = text.lowercased()
        let labels = (name.hasSuffix(".") ? name.dropLast() : name[...])
            .utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(isLabel) else {
            throw TextProblem(
                "\(shown(text)) is no host name",
                remedy: "write an IP address, or a name of letters, digits, `-` and `_` in labels of 1 to 63")
        }
        // Resolvers read 127.1 or 010.0.0.1 as addresses, each in its own way.
        guard let last = labels.last, !last.allSatisfy(isDigit) else {
            throw TextProblem(
                "`\(text.clipped)` is no IPv4 address", remedy: "write four numbers of 0 to 255, without leading zeros")
        }
        return name
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        (1...63).contains(label.count)
            && label.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isDigit(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
