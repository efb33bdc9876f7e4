import Wire

extension HostPattern {
    /// The longest host name (RFC 1035 2.3.4) and label.
    static let longestName = 253
    static let longestLabel = 63

    /// Reads `chat.example.com`, `*.example.com`, an IPv4 address, an IPv6 address in brackets, or `*`.
    ///
    /// Case and one final dot do not count; an IPv6 address takes its RFC 5952 spelling. Refused: ports, schemes, paths,
    /// a `*` anywhere but as the whole first label, empty or overlong labels, and everything that is not ASCII (a
    /// request carries the `xn--` form).
    public init(parsing text: String) throws(PatternProblem) {
        let lower = text.lowercased()
        if lower == "*" {
            self = .any
            return
        }
        if lower.hasPrefix("[") {
            self = .exact(try Self.bracketed(lower))
            return
        }
        let isSuffix = lower.hasPrefix("*.")
        var name = isSuffix ? String(lower.dropFirst(2)) : lower
        if name.hasSuffix(".") { name.removeLast() }
        try Self.validate(name: name)
        self = isSuffix ? .suffix(name) : .exact(name)
    }

    private static func bracketed(_ text: String) throws(PatternProblem) -> String {
        let inner = String(text.dropFirst().prefix { $0 != "]" })
        guard text == "[\(inner)]", let address = IPAddress(inner), !address.isIPv4 else {
            throw PatternProblem(
                "not an IPv6 address in brackets", remedy: "write it like [2001:db8::1], without a port or a zone")
        }
        return "[\(address)]"
    }

    private static func validate(name: String) throws(PatternProblem) {
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw PatternProblem(
                "a host pattern is ASCII", remedy: "write the name in the form that requests carry, with xn-- labels")
        }
        guard !name.contains("/") else {
            throw PatternProblem(
                "a scheme or path does not belong in a host pattern", remedy: "write the host alone; paths go to `path`"
            )
        }
        guard !name.contains(":") else {
            throw PatternProblem(
                "a port does not belong in a host pattern",
                remedy: "write the host alone; `listeners` binds a route to a port; an IPv6 address stands in brackets")
        }
        guard !name.contains("*") else {
            throw PatternProblem(
                "`*` stands only as the whole first label", remedy: "write *.example.com, or `*` for every host")
        }
        guard !name.isEmpty, name.utf8.count <= longestName else {
            throw PatternProblem(
                "a host name has 1 to \(longestName) bytes", remedy: "write a host such as chat.example.com")
        }
        for label in name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...longestLabel).contains(label.count), label.allSatisfy(isLabelByte) else {
                throw PatternProblem(
                    "not a host name",
                    remedy: "use labels of 1 to \(longestLabel) letters, digits, `-` and `_`, parted by single dots")
            }
        }
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
