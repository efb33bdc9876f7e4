import Glibc

/// The heads of requests and answers (RFC 9112 2), as much of them as a benchmark needs, read in place.
package enum Head {
    /// The length of the head that `bytes` begin with, its empty line included; `nil` when its end has not come. A line ends in CR LF.
    package static func length(of bytes: UnsafeRawBufferPointer) -> Int? {
        var line = 0
        while let next = lineEnd(in: bytes, from: line) {
            if line > 0 && next - line == 2 && bytes[line] == 13 { return next }
            line = next
        }
        return nil
    }

    /// The value of the first field of that name (given in lower case), without the blanks around it; a part of `head`.
    package static func field(_ name: StaticString, in head: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var line = lineEnd(in: head, from: 0) ?? head.count
        while let next = lineEnd(in: head, from: line) {
            if next - line > name.utf8CodeUnitCount && head[line + name.utf8CodeUnitCount] == 58
                && begins(with: name, head, at: line)
            {
                return trimmed(head, line + name.utf8CodeUnitCount + 1 ..< next)
            }
            line = next
        }
        return nil
    }

    /// The status of an answer's head; `nil` when it is none of HTTP/1.
    package static func status(of head: UnsafeRawBufferPointer) -> Int? {
        guard head.count > 12, head.starts(with: "HTTP/1.".utf8), head[8] == 32 else { return nil }
        return number(UnsafeRawBufferPointer(rebasing: head[9 ..< 12])).map { Int(truncatingIfNeeded: $0) }
    }

    /// A number in decimal digits, and nothing but these; at most 18 of them.
    package static func number(_ text: UnsafeRawBufferPointer) -> UInt64? {
        guard (1 ... 18).contains(text.count) else { return nil }
        var value: UInt64 = 0
        for byte in text {
            guard (48 ... 57).contains(byte) else { return nil }
            value = value &* 10 &+ UInt64(byte &- 48)
        }
        return value
    }

    /// Where the line that begins at `start` ends, behind its line feed.
    private static func lineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count,
            let found = memchr(base + start, 10, bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base + 1
    }

    private static func begins(with name: StaticString, _ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        name.withUTF8Buffer { wanted in
            for index in wanted.indices where bytes[start + index] | 0x20 != wanted[index] { return false }
            return true
        }
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high && isBlank(bytes[low]) { low += 1 }
        while low < high && isBlank(bytes[high - 1]) { high -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[low ..< high])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 10 }
}
