/// The one form of paths: routes are compared with it and the backend receives exactly it (RFC 3986 3.3, 6.2.2).
///
/// - Escapes of unreserved characters are decoded (`%7Eann` is `~ann`), all others keep upper-case digits (`%c3` is `%C3`).
/// - `%2F` stays as it is: it is data within a segment. Empty segments stay, so `//a` and `/a` differ.
/// - Dot segments are refused, not resolved: plain, escaped, made with `%2F`, or with parameters (`..;x`), because
///   backends disagree about them and a route must not be walked around.
/// - Refused as well: escaped control bytes, `%5C` and `\`, `#`, and a `%` without two hexadecimal digits.
enum PathNormalizer {
    /// nil when the path is refused.
    static func normalise(_ path: ArraySlice<UInt8>) -> [UInt8]? {
        guard path.first == ASCII.slash, let normalised = decodeUnreserved(path), !hasDotSegment(normalised) else {
            return nil
        }
        return normalised
    }

    private static func decodeUnreserved(_ path: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(path.count)
        var bytes = path.makeIterator()
        while let byte = bytes.next() {
            guard ASCII.isVisible(byte), byte != ASCII.backslash, byte != 0x23 else { return nil }
            guard byte == ASCII.percent else {
                result.append(byte)
                continue
            }
            guard let high = bytes.next().flatMap(ASCII.hexValue), let low = bytes.next().flatMap(ASCII.hexValue) else {
                return nil
            }
            let value = high << 4 | low
            guard value >= 0x20, value != 0x7F, value != ASCII.backslash else { return nil }
            if ASCII.isUnreserved(value) {
                result.append(value)
            } else {
                result += [ASCII.percent, ASCII.hexDigit(high), ASCII.hexDigit(low)]
            }
        }
        return result
    }

    /// Looks for `.` and `..` between separators, taking `%2F` for a separator too, and for the end of a segment also
    /// `;` and `%3B`: the readings of the most permissive backend.
    private static func hasDotSegment(_ path: [UInt8]) -> Bool {
        var dots = 0
        var isOnlyDots = true
        var rest = path[...]
        while let byte = rest.first {
            let isEscape = byte == ASCII.percent
            let isSlash = byte == ASCII.slash || isEscape && rest.starts(with: [0x25, 0x32, 0x46])
            let isParameter = byte == ASCII.semicolon || isEscape && rest.starts(with: [0x25, 0x33, 0x42])
            if isSlash || isParameter {
                if isOnlyDots, dots == 1 || dots == 2 { return true }
                (dots, isOnlyDots) = (0, isSlash)
            } else if byte == ASCII.dot {
                dots &+= 1
            } else {
                isOnlyDots = false
            }
            rest = rest.dropFirst(isEscape ? 3 : 1)
        }
        return isOnlyDots && (dots == 1 || dots == 2)
    }
}
