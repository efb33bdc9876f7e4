/// Byte classes and comparisons that HTTP/1.1 syntax is made of (RFC 9110 5.6, RFC 5234 B.1).
///
/// Everything here works on single bytes or slices that the caller already holds; nothing decodes text.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let percent: UInt8 = 0x25
    static let asterisk: UInt8 = 0x2A
    static let comma: UInt8 = 0x2C
    static let dot: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let question: UInt8 = 0x3F
    static let backslash: UInt8 = 0x5C
    static let underscore: UInt8 = 0x5F

    /// `tchar` of RFC 9110 5.6.2: what names of fields, methods and options consist of.
    ///
    /// One bit a byte, in two words for the two halves of ASCII: a head has hundreds of these bytes.
    static func isToken(_ byte: UInt8) -> Bool {
        let half: UInt64 = byte < 0x40 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return byte < 0x80 && half &>> UInt64(byte & 0x3F) & 1 == 1
    }

    /// A byte a field value may hold (RFC 9110 5.5): HTAB, SP, visible ASCII, obs-text. Never CR, LF, NUL or another control.
    static func isFieldValue(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7F) || byte == tab
    }

    /// Visible ASCII, without the space.
    static func isVisible(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F
    }

    /// `unreserved` of RFC 3986 2.3.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    /// A digit of Base64 (RFC 4648 4), without the `=` that fills up.
    ///
    /// One bit a byte, as for tokens.
    static func isBase64(_ byte: UInt8) -> Bool {
        let half: UInt64 = byte < 0x40 ? 0x03FF_8800_0000_0000 : 0x07FF_FFFE_07FF_FFFE
        return byte < 0x80 && half &>> UInt64(byte & 0x3F) & 1 == 1
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == space || byte == tab
    }

    /// 0 to 15, or nil for a byte that is no hexadecimal digit.
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }

    /// The upper-case digit of the low four bits.
    static func hexDigit(_ value: UInt8) -> UInt8 {
        let nibble = value & 0x0F
        return nibble < 10 ? 0x30 &+ nibble : 0x37 &+ nibble
    }

    static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// Equality that ignores ASCII case only: bytes past 0x7F compare as they are.
    static func equal(_ bytes: [UInt8], _ text: StaticString) -> Bool {
        equal(bytes.span, text)
    }

    /// The same for a slice.
    static func equal(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        equal(bytes.span, text)
    }

    /// The same for bytes in place.
    ///
    /// Written out where it is called: of a text that is known there nothing is left but its words.
    @inline(__always)
    static func equal(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        let count = bytes.count
        guard count == text.utf8CodeUnitCount else { return false }
        let (one, other) = (bytes.bytes, UnsafeRawPointer(text.utf8Start))
        guard count >= 8 else {
            let wanted = UnsafeBufferPointer(start: text.utf8Start, count: count)
            for index in 0..<count where bytes[index] != wanted[index] {
                guard lowercase(bytes[index]) == lowercase(wanted[index]) else { return false }
            }
            return true
        }
        // Eight bytes at a time. The last eight reach back into those before them.
        var index = 0
        while true {
            let word = one.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let wanted = other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard word == wanted || differInCase(word, wanted) else { return false }
            if index &+ 8 == count { return true }
            index = min(index &+ 8, count &- 8)
        }
    }

    /// Whether eight bytes and eight others are the same but for the case of letters.
    private static func differInCase(_ word: UInt64, _ other: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let caseBits = ones &<< 5
        let difference = word ^ other
        guard difference & ~caseBits == 0 else { return false }
        // No carry leaves its byte: the upper bits are away before, and what is added is below 0x80.
        let folded = (word | caseBits) & ~(ones &<< 7)
        let letters = (folded &+ ones &* (0x80 - 0x61)) & ~(folded &+ ones &* (0x80 - 0x7B)) & ~word & ones &<< 7
        return difference & ~(letters &>> 2) == 0
    }

    /// Whether `bytes` begins with `text`, ignoring ASCII case.
    static func begins(_ bytes: some Collection<UInt8>, with text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            bytes.starts(with: wanted) { lowercase($0) == lowercase($1) }
        }
    }

    /// The same for bytes in place.
    static func begins(_ bytes: Span<UInt8>, with text: StaticString) -> Bool {
        guard bytes.count >= text.utf8CodeUnitCount else { return false }
        return equal(bytes.extracting(0..<text.utf8CodeUnitCount), text)
    }

    /// The slice without SP and HTAB at its ends (OWS, RFC 9110 5.6.3).
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let rest = bytes.drop(while: isBlank)
        guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return rest }
        return rest[...last]
    }
}
