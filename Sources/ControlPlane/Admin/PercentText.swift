/// Percent-encoding (RFC 3986 section 2.1).
enum PercentText {
    /// Nil for a `%` without two hexadecimal digits behind it, for a NUL, and for what is no UTF-8.
    static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else if let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) {
                bytes.append(high << 4 | low)
            } else {
                return nil
            }
        }
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte & 0x0F
        case 0x41...0x46, 0x61...0x66: (byte & 0x0F) + 9
        default: nil
        }
    }
}
