/// Comparisons of field names, which ignore ASCII case (RFC 9110 5.1).
enum HeaderName {
    static func equal(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for index in one.indices where lowercase(one[index]) != lowercase(other[index]) { return false }
        return true
    }

    /// `wanted` in lower case.
    static func equal(_ name: Span<UInt8>, _ wanted: StaticString) -> Bool {
        name.count == wanted.utf8CodeUnitCount && begins(name, with: wanted)
    }

    /// `prefix` in lower case.
    static func begins(_ name: Span<UInt8>, with prefix: StaticString) -> Bool {
        guard name.count >= prefix.utf8CodeUnitCount else { return false }
        return prefix.withUTF8Buffer { wanted in
            for index in wanted.indices where lowercase(name[index]) != wanted[index] { return false }
            return true
        }
    }

    static func hasUnderscore(_ name: Span<UInt8>) -> Bool {
        for index in name.indices where name[index] == 0x5F { return true }
        return false
    }

    /// Whether it is one (RFC 9110 5.6.2): not empty, and no byte that could end it.
    static func isToken(_ name: Span<UInt8>) -> Bool {
        for index in name.indices where !isToken(name[index]) { return false }
        return !name.isEmpty
    }

    /// `tchar` of RFC 9110 5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
