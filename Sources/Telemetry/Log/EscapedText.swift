/// Makes bytes that somebody else chose safe to stand in a log line: one line stays one line, a terminal is not steered, and
/// what was not UTF-8 stays visible.
///
/// Escaped are: C0 and C1 controls and DEL, bytes that are no valid UTF-8 (RFC 3629), the line and paragraph separators
/// U+2028 and U+2029, characters that turn the writing direction (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), and the
/// byte order mark. In text each such byte becomes `\xHH`. In JSON a character becomes `\uHHHH` (RFC 8259 section 7); a byte
/// that is no UTF-8 has no place in JSON and becomes the four characters `\xHH`, its backslash escaped.
public enum EscapedText {
    /// Appends `source` and stops, with `...`, before more than `limit` bytes are written for it.
    /// Never cuts a character or an escape in two.
    public static func append(_ source: Span<UInt8>, as format: LogFormat, limit: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        var place = 0
        while place < source.count {
            let run = plainRun(source, from: place, atMost: limit - (bytes.count - start))
            if run > 0 {
                source.extracting(place..<(place + run)).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
                place += run
                continue
            }
            let mark = bytes.count
            let length = appendOne(source, at: place, as: format, to: &bytes)
            if bytes.count - start > limit {
                bytes.removeLast(bytes.count - mark)
                bytes.append(contentsOf: "...".utf8)
                return
            }
            place += length
        }
    }

    /// How many bytes from `place` on need no escape and are ASCII: nearly all of them, copied at once.
    private static func plainRun(_ source: Span<UInt8>, from place: Int, atMost limit: Int) -> Int {
        let end = place + min(max(0, limit), source.count - place)
        var next = place
        while next < end {
            let byte = source[next]
            if byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            next += 1
        }
        return next - place
    }

    /// Appends the character at `place` and tells how many bytes of the source it took, at least 1.
    private static func appendOne(
        _ source: Span<UInt8>, at place: Int, as format: LogFormat, to bytes: inout [UInt8]
    ) -> Int {
        let first = source[place]
        if first >= 0x20 && first < 0x7F {
            if first == UInt8(ascii: "\"") || first == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(first)
            return 1
        }
        guard first >= 0x80 else {
            appendEscape(scalar: UInt32(first), bytes: source, at: place, length: 1, as: format, to: &bytes)
            return 1
        }
        guard let (scalar, length) = character(source, at: place) else {
            if format == .json { bytes.append(UInt8(ascii: "\\")) }
            appendHex(first, to: &bytes)
            return 1
        }
        if isDangerous(scalar) {
            appendEscape(scalar: scalar, bytes: source, at: place, length: length, as: format, to: &bytes)
        } else {
            for offset in 0..<length { bytes.append(source[place + offset]) }
        }
        return length
    }

    /// The scalar of the valid UTF-8 sequence that starts at `place`, and its length; nil for anything overlong, surrogate,
    /// past U+10FFFF or cut short.
    private static func character(_ source: Span<UInt8>, at place: Int) -> (UInt32, Int)? {
        let first = source[place]
        let length: Int
        var scalar: UInt32
        switch first {
        case 0xC2...0xDF: (length, scalar) = (2, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, scalar) = (3, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, scalar) = (4, UInt32(first & 0x07))
        default: return nil
        }
        guard source.count - place >= length else { return nil }
        for offset in 1..<length {
            let next = source[place + offset]
            guard next & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(next & 0x3F)
        }
        let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else { return nil }
        return (scalar, length)
    }

    private static func isDangerous(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x80...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    /// Only scalars of the basic plane are ever escaped, so four digits are enough for JSON.
    private static func appendEscape(
        scalar: UInt32, bytes source: Span<UInt8>, at place: Int, length: Int, as format: LogFormat,
        to bytes: inout [UInt8]
    ) {
        switch format {
        case .text:
            for offset in 0..<length { appendHex(source[place + offset], to: &bytes) }
        case .json:
            bytes.append(contentsOf: "\\u".utf8)
            appendDigits(UInt8(truncatingIfNeeded: scalar >> 8), to: &bytes)
            appendDigits(UInt8(truncatingIfNeeded: scalar), to: &bytes)
        }
    }

    private static func appendHex(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(ascii: "x"))
        appendDigits(byte, to: &bytes)
    }

    private static func appendDigits(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(digit(byte >> 4))
        bytes.append(digit(byte & 0x0F))
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ (value &- 10)
    }
}
