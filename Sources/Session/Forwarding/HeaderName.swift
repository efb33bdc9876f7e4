/// Comparisons of field names, which ignore ASCII case (RFC 9110 5.1).
enum HeaderName {
    static func equal(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
        one.count == other.count && one.elementsEqual(other) { lowercase($0) == lowercase($1) }
    }

    /// `prefix` in lower case.
    static func begins(_ name: ArraySlice<UInt8>, with prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { wanted in name.starts(with: wanted) { lowercase($0) == $1 } }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
