/// Whole decimal numbers: digits and nothing else. No sign, no separators, no hex, no exponent.
enum DecimalText {
    /// Nil for anything but 1 to 18 digits: 18 always fit an Int.
    static func read(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...18).contains(digits.count) else { return nil }
        var value = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    static func read(_ text: String) -> Int? { read(text.utf8) }
}
