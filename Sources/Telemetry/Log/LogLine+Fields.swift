/// The kinds of value a field may have.
extension LogLine {
    /// Text of our own or of a configuration; escaped and capped like any other.
    public mutating func field(_ key: StaticString, _ value: String) {
        field(key, value.utf8.span)
    }

    /// Text; nil leaves the field out.
    public mutating func field(_ key: StaticString, _ value: String?) {
        if let value { field(key, value) }
    }

    /// A literal of the program.
    public mutating func field(_ key: StaticString, _ value: StaticString) {
        value.withUTF8Buffer { field(key, $0.span) }
    }

    /// Bytes that a client or a backend chose.
    public mutating func field(_ key: StaticString, _ value: [UInt8]) {
        field(key, value.span)
    }

    /// Bytes that a client or a backend chose; nil leaves the field out.
    public mutating func field(_ key: StaticString, _ value: ArraySlice<UInt8>?) {
        if let value { field(key, value.span) }
    }

    /// Bytes that a client or a backend chose, borrowed.
    public mutating func field(_ key: StaticString, _ value: Span<UInt8>) {
        let format = self.format
        let quoted = format == .json || Self.needsQuotes(value)
        let limit = Self.fieldLimit
        let mark = beginValue(key)
        if quoted { bytes.append(UInt8(ascii: "\"")) }
        EscapedText.append(value, as: format, limit: limit, to: &bytes)
        if quoted { bytes.append(UInt8(ascii: "\"")) }
        endValue(mark)
    }

    /// A whole number.
    public mutating func field(_ key: StaticString, _ value: some FixedWidthInteger) {
        let mark = beginValue(key)
        bytes.append(contentsOf: String(value).utf8)
        endValue(mark)
    }

    /// A number; what JSON cannot say (infinity, no number) becomes `null`.
    public mutating func field(_ key: StaticString, _ value: Double) {
        let mark = beginValue(key)
        bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
        endValue(mark)
    }

    /// True or false.
    public mutating func field(_ key: StaticString, _ value: Bool) {
        let mark = beginValue(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        endValue(mark)
    }

    /// A duration given in nanoseconds, written in seconds with six decimals (a number in JSON).
    public mutating func seconds(_ key: StaticString, nanoseconds: UInt64) {
        let mark = beginValue(key)
        let micro = String(nanoseconds % 1_000_000_000 / 1000)
        bytes.append(contentsOf: String(nanoseconds / 1_000_000_000).utf8)
        bytes.append(UInt8(ascii: "."))
        for _ in micro.utf8.count..<6 { bytes.append(UInt8(ascii: "0")) }
        bytes.append(contentsOf: micro.utf8)
        endValue(mark)
    }

    /// A request target: the path, and the query with the values of secret-looking keys masked.
    public mutating func target(_ key: StaticString, path: some Collection<UInt8>, query: ArraySlice<UInt8>?) {
        var whole = Array(path.prefix(Self.fieldLimit))
        if let query {
            whole.append(UInt8(ascii: "?"))
            QueryMask.append(query, to: &whole)
        }
        field(key, whole)
    }

    /// In text a value stands without quotes only if a reader that splits at spaces and `=` cannot be misled.
    private static func needsQuotes(_ value: Span<UInt8>) -> Bool {
        if value.isEmpty { return true }
        for place in value.indices {
            switch value[place] {
            case UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "="), UInt8(ascii: "\\"): return true
            case 0x00...0x1F, 0x7F...0xFF: return true
            default: continue
            }
        }
        return false
    }
}
