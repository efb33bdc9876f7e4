extension PathPattern {
    /// The longest accepted pattern in bytes, so that no pattern outgrows what a request line may carry.
    static let longestText = 4096

    /// Reads `/voice` or `/ws/*` into the form in which request paths are routed.
    ///
    /// Escapes of unreserved characters are decoded, the hex digits of others raised to upper case, and bytes that a
    /// request can carry only escaped (spaces, UTF-8) are escaped, so that `/café`, `/caf%c3%a9` and `/caf%C3%A9` are one
    /// pattern. Refused: no leading slash, `*` anywhere but as the whole last segment, a query or fragment, `\`, control
    /// characters raw or escaped, broken escapes, and dot segments however they are spelled: no request with one of
    /// these is ever routed, so the pattern could not match.
    public init(parsing text: String) throws(PatternProblem) {
        guard text.utf8.count <= Self.longestText else {
            throw PatternProblem("longer than \(Self.longestText) bytes", remedy: "shorten the path")
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw PatternProblem("a path begins with `/`", remedy: "write it like /ws/* or /voice")
        }
        let isPrefix = text.hasSuffix("/*")
        let bytes = try Self.routedForm(Array((isPrefix ? text.dropLast(2) : text[...]).utf8))
        try Self.refuseDotSegments(bytes)
        self = isPrefix ? .prefix(bytes) : .exact(bytes)
    }

    private static func routedForm(_ raw: [UInt8]) throws(PatternProblem) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var rest = raw[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let first = rest.popFirst(), let second = rest.popFirst(),
                    let high = hexValue(first), let low = hexValue(second)
                else {
                    throw PatternProblem("`%` without two hex digits", remedy: "write a percent sign as %25")
                }
                try append(high << 4 | low, wasEscaped: true, to: &result)
            default:
                try append(byte, wasEscaped: false, to: &result)
            }
        }
        return result
    }

    /// Appends one byte as routed paths carry it: unreserved ones plain, others as they were written.
    private static func append(_ byte: UInt8, wasEscaped: Bool, to result: inout [UInt8]) throws(PatternProblem) {
        guard byte >= 0x20, byte != 0x7f, byte != UInt8(ascii: "\\") else {
            throw PatternProblem(
                "control characters and `\\` are refused in paths", remedy: "remove them: no request with one is routed"
            )
        }
        if !wasEscaped {
            guard byte != UInt8(ascii: "?"), byte != UInt8(ascii: "#") else {
                throw PatternProblem(
                    "a query or fragment does not belong in a path pattern", remedy: "routes go by the path alone")
            }
            guard byte != UInt8(ascii: "*") else {
                throw PatternProblem(
                    "`*` stands only as the whole last segment",
                    remedy: "write /ws/* for a prefix; a literal star in a path is written %2A")
            }
        }
        let mustEscape = byte == 0x20 || byte >= 0x80
        if isUnreserved(byte) || (!wasEscaped && !mustEscape) {
            result.append(byte)
        } else {
            result += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
        }
    }

    /// `.`, `..` and both with parameters behind a `;`, which some servers strip before they resolve dots. `%2F` counts
    /// as a border too, since an origin may decode it.
    private static func refuseDotSegments(_ path: [UInt8]) throws(PatternProblem) {
        let text = String(decoding: path, as: UTF8.self)
        let opened = text.split(separator: "%2F", omittingEmptySubsequences: false).joined(separator: "/")
        for segment in opened.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true) {
            let name = segment.prefix { $0 != UInt8(ascii: ";") }
            if (1...2).contains(name.count), name.allSatisfy({ $0 == UInt8(ascii: ".") }) {
                throw PatternProblem(
                    "dot segments are refused in paths", remedy: "write the path without `.` and `..`")
            }
        }
    }

    /// RFC 3986 2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + (value & 15) - 10
    }
}
