private let dash = UInt8(ascii: "-")
private let colon = UInt8(ascii: ":")

/// The walk over the bytes. Each step takes the index of a token and returns the index behind it.
extension DocumentGuard {
    mutating func scan(_ bytes: Span<UInt8>) {
        // A byte order mark is no token.
        var index = bytes.has(0xef, 0xbb, 0xbf, at: 0) ? 3 : 0
        while index < bytes.count, !isDone {
            index = step(bytes, index)
        }
    }

    private mutating func step(_ bytes: Span<UInt8>, _ index: Int) -> Int {
        if let next = bytes.lineBreak(at: index) {
            newLine(at: next)
            return next
        }
        let byte = bytes[index]
        if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { return index + 1 }
        if byte == UInt8(ascii: "#"), bytes.isBlank(at: index - 1) { return comment(bytes, index) }
        countToken()
        noteIndent(at: index)
        if byte == UInt8(ascii: "-"), bytes.isBlank(at: index + 1) { return index + 1 }
        if isLeading, bytes.has(dash, dash, dash, at: index), bytes.isBlank(at: index + 3) { return index + 3 }
        defer { isLeading = false }
        return token(byte, bytes, index)
    }

    private mutating func token(_ byte: UInt8, _ bytes: Span<UInt8>, _ index: Int) -> Int {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            if bytes.has(byte, colon, colon, at: index), byte == UInt8(ascii: "[") {
                fault("an IPv6 address in brackets reads as a list", remedy: "put it in quotes: \"[::1]:8080\"")
            }
            openFlow()
            return index + 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            closeFlow()
            return afterCloser(bytes, index + 1)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return quoted(bytes, index, by: byte)
        case UInt8(ascii: ","):
            return index + 1
        case UInt8(ascii: ":"), UInt8(ascii: "?"):
            return bytes.isBlank(at: index + 1) ? index + 1 : plain(bytes, index)
        case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: ">"),
            UInt8(ascii: "%"):
            refuse(byte)
            return plain(bytes, index)
        default:
            return plain(bytes, index)
        }
    }

    private mutating func refuse(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "*"):
            fault(
                "`*` begins an alias in YAML, and aliases are refused",
                remedy: "put a host pattern in quotes: \"*.example.com\"; write a repeated value out")
        case UInt8(ascii: "&"):
            fault(
                "`&` begins an anchor in YAML, and anchors are refused",
                remedy: "put the value in quotes, or write repeated values out")
        case UInt8(ascii: "!"):
            fault(
                "`!` begins a tag in YAML, and tags are refused", remedy: "remove the tag, or put the value in quotes")
        case UInt8(ascii: "%"):
            fault(
                "`%` begins a directive in YAML, and directives are refused",
                remedy: "remove it, or put the value in quotes")
        default:
            fault("block scalars (`|` and `>`) are refused", remedy: "write the value on one line, in quotes")
        }
    }

    private func comment(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes.lineBreak(at: index) == nil { index += 1 }
        return index
    }

    /// To the end of a quoted scalar, which may span lines.
    private mutating func quoted(_ bytes: Span<UInt8>, _ start: Int, by quote: UInt8) -> Int {
        var index = start + 1
        while index < bytes.count {
            if let next = bytes.lineBreak(at: index) {
                newLine(at: next)
                index = next
            } else if bytes[index] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                // An escaped line break is left for the next turn, to be counted.
                index += bytes.lineBreak(at: index + 1) == nil ? 2 : 1
            } else if bytes[index] == quote {
                guard quote == UInt8(ascii: "'"), bytes.has(quote, at: index + 1) else {
                    return afterCloser(bytes, index + 1)
                }
                index += 2
            } else {
                index += 1
            }
        }
        return index
    }

    /// Behind a quoted key a colon needs no blank: `{"a":1}`.
    private func afterCloser(_ bytes: Span<UInt8>, _ index: Int) -> Int {
        flowDepth > 0 && bytes.has(colon, at: index) ? index + 1 : index
    }

    /// To the end of a plain scalar on its line.
    private mutating func plain(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes.lineBreak(at: index) == nil {
            let byte = bytes[index]
            if byte == UInt8(ascii: "#"), index > start, bytes.isBlank(at: index - 1) { return index }
            if byte == UInt8(ascii: ":"), bytes.isBlank(at: index + 1) { return index + 1 }
            if flowDepth > 0 {
                if bytes.has(UInt8(ascii: "$"), UInt8(ascii: "{"), at: index) {
                    fault("`${` reads as a mapping here", remedy: "put the value in quotes: \"${NAME}\"")
                    return index + 2
                }
                if byte.isFlowIndicator {
                    // A colon right before it ended a key; either way the indicator is the next token.
                    return index == start ? index + 1 : index
                }
            }
            index += 1
        }
        return index
    }
}

extension UInt8 {
    fileprivate var isFlowIndicator: Bool {
        switch self {
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"): true
        default: false
        }
    }
}

extension Span<UInt8> {
    fileprivate func has(_ byte: UInt8, at index: Int) -> Bool {
        index >= 0 && index < count && self[index] == byte
    }

    fileprivate func has(_ first: UInt8, _ second: UInt8, at index: Int) -> Bool {
        has(first, at: index) && has(second, at: index + 1)
    }

    fileprivate func has(_ first: UInt8, _ second: UInt8, _ third: UInt8, at index: Int) -> Bool {
        has(first, second, at: index) && has(third, at: index + 2)
    }

    /// True for a blank, a line break, and beyond both ends.
    fileprivate func isBlank(at index: Int) -> Bool {
        guard index >= 0, index < count else { return true }
        let byte = self[index]
        return byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || lineBreak(at: index) != nil
            || precedesAsLineBreak(index)
    }

    /// True when `index` is the last byte of a line break of several bytes.
    private func precedesAsLineBreak(_ index: Int) -> Bool {
        lineBreak(at: index - 1) == index + 1 || lineBreak(at: index - 2) == index + 1
    }

    /// The index behind the line break that begins at `index`; nil when none does. The breaks of YAML 1.1: CR, LF, CR LF,
    /// NEL, LS and PS.
    fileprivate func lineBreak(at index: Int) -> Int? {
        guard index >= 0, index < count else { return nil }
        switch self[index] {
        case UInt8(ascii: "\n"): return index + 1
        case UInt8(ascii: "\r"): return has(UInt8(ascii: "\n"), at: index + 1) ? index + 2 : index + 1
        case 0xc2: return has(0x85, at: index + 1) ? index + 2 : nil
        case 0xe2:
            let isBreak = has(0x80, 0xa8, at: index + 1) || has(0x80, 0xa9, at: index + 1)
            return isBreak ? index + 3 : nil
        default: return nil
        }
    }
}
