/// The text of a server name (RFC 6066 3), and which certificate it asks for.
enum ServerName {
    /// A host name in lower case without a final dot; nil for what no host could be called: more than 253
    /// bytes, an empty label or one of more than 63 bytes, a character beyond letters, digits, `-` and `_`, or an
    /// IPv4 address (a last label of digits only).
    static func normalized(_ name: UnsafePointer<CChar>) -> String? {
        var bytes: [UInt8] = []
        var index = 0
        while name[index] != 0 {
            guard index <= 253 else { return nil }
            bytes.append(UInt8(bitPattern: name[index]))
            index += 1
        }
        return normalized(bytes)
    }

    static func normalized(_ name: [UInt8]) -> String? {
        var bytes = name
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.count <= 253 else { return nil }
        var label = 0
        var hasOnlyDigits = true
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "."):
                guard label > 0 else { return nil }
                label = 0
                hasOnlyDigits = true
                continue
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"): hasOnlyDigits = false
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                bytes[index] |= 0x20
                hasOnlyDigits = false
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            default: return nil
            }
            label += 1
            guard label <= 63 else { return nil }
        }
        guard label > 0, !hasOnlyDigits else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A certificate's DNS name as a key of the table: a host name, or `*.` before one. Nil for anything else, a star
    /// elsewhere included (RFC 6125 6.4.3).
    static func pattern(_ name: [UInt8]) -> String? {
        guard name.starts(with: [UInt8(ascii: "*"), UInt8(ascii: ".")]) else { return normalized(name) }
        return normalized(Array(name.dropFirst(2))).map { "*." + $0 }
    }

    /// The pattern that would cover `name` by a star in place of its first label; nil when it has one label only.
    static func wildcard(for name: String) -> String? {
        guard let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        return "*" + name[dot...]
    }
}
