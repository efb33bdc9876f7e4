/// The one form of paths: routes are compared with it and the backend receives exactly it (RFC 3986 3.3, 6.2.2).
///
/// - Escapes of unreserved characters are decoded (`%7Eann` is `~ann`), all others keep upper-case digits (`%c3` is `%C3`).
/// - `%2F` stays as it is: it is data within a segment. Empty segments stay, so `//a` and `/a` differ.
/// - Dot segments are refused, not resolved: plain, escaped, made with `%2F`, or with parameters (`..;x`), because
///   backends disagree about them and a route must not be walked around.
/// - Refused as well: escaped control bytes, `%5C` and `\`, `#`, and a `%` without two hexadecimal digits.
enum PathNormalizer {
    /// nil when the path is refused.
    static func normalise(_ path: Span<UInt8>) -> [UInt8]? {
        guard path.count > 0, path[0] == ASCII.slash else { return nil }
        // Most paths have no escape and no dot, and are their own normal form.
        if isOrdinary(path) { return path.copied() }
        guard let normalised = decodeUnreserved(path), !hasDotSegment(normalised) else { return nil }
        return normalised
    }

    private static func isOrdinary(_ path: Span<UInt8>) -> Bool {
        for index in path.indices where !isPlain(path[index]) || path[index] == ASCII.dot { return false }
        return true
    }

    private static func decodeUnreserved(_ path: Span<UInt8>) -> [UInt8]? {
        let copy = path.copied()
        if copy.allSatisfy({ isPlain($0) }) { return copy }
        var result: [UInt8] = []
        result.reserveCapacity(path.count)
        var bytes = copy.makeIterator()
        while let byte = bytes.next() {
            guard byte == ASCII.percent else {
                guard isPlain(byte) else { return nil }
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
        guard path.contains(ASCII.dot) else { return false }
        var dots = 0
        var isOnlyDots = true
        var index = 0
        while index < path.count {
            let byte = path[index]
            let escaped = byte == ASCII.percent ? escapedByte(path, at: index) : nil
            let isSlash = byte == ASCII.slash || escaped == ASCII.slash
            let isParameter = byte == ASCII.semicolon || escaped == ASCII.semicolon
            if isSlash || isParameter {
                if isOnlyDots, dots == 1 || dots == 2 { return true }
                (dots, isOnlyDots) = (0, isSlash)
            } else if byte == ASCII.dot {
                dots &+= 1
            } else {
                isOnlyDots = false
            }
            index &+= byte == ASCII.percent ? 3 : 1
        }
        return isOnlyDots && (dots == 1 || dots == 2)
    }

    /// A byte that stands for itself in a path: visible ASCII but `%`, `\` and `#`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        ASCII.isVisible(byte) && byte != ASCII.percent && byte != ASCII.backslash && byte != 0x23
    }

    /// What the escape whose `%` stands at `index` means; nil where two hexadecimal digits are missing.
    private static func escapedByte(_ path: [UInt8], at index: Int) -> UInt8? {
        guard path.count &- index > 2, let high = ASCII.hexValue(path[index &+ 1]),
            let low = ASCII.hexValue(path[index &+ 2])
        else { return nil }
        return high << 4 | low
    }
}
