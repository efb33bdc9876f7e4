/// Reads `method SP request-target SP HTTP-version CRLF` byte by byte (RFC 9112 3), with single spaces only.
///
/// It refuses at the byte that breaks the form, so that foreign protocols (a TLS hello, an SSH banner) are answered at once.
struct RequestLineScanner: Sendable {
    private enum Stage: Sendable {
        case method, target, version, lineEnd
    }

    /// Longest run of bytes taken for a version; the valid ones have eight.
    private static let maxVersion = 32

    private var stage = Stage.method
    private(set) var method = 0..<0
    private(set) var target = 0..<0
    private(set) var version = 0..<0
    private var partStart: Int

    /// `start` is where the line begins in the buffer.
    init(start: Int) {
        partStart = start
    }

    /// Reads a whole line of the usual form at once, and says where it ends. nil, and nothing is read, when it is not all here or
    /// not of that form: what it is then, `take` says.
    mutating func takeWhole(_ bytes: Span<UInt8>, to end: Int, maxTarget: Int) -> Int? {
        let methodEnd = bytes.endOfToken(from: partStart, to: end)
        guard methodEnd > partStart, methodEnd &- partStart <= Method.maxLength, methodEnd < end,
            bytes[methodEnd] == ASCII.space
        else { return nil }
        let targetStart = methodEnd &+ 1
        let targetEnd = bytes.endOfVisible(from: targetStart, to: end)
        // A space, eight bytes of version, CR and LF.
        guard targetEnd > targetStart, targetEnd &- targetStart <= maxTarget, end &- targetEnd >= 11,
            bytes[targetEnd] == ASCII.space
        else { return nil }
        let lineEnd = targetEnd &+ 9
        guard bytes[lineEnd] == ASCII.carriageReturn, bytes[lineEnd &+ 1] == ASCII.lineFeed,
            bytes.endOfVisible(from: targetEnd &+ 1, to: lineEnd) == lineEnd
        else { return nil }
        method = partStart..<methodEnd
        target = targetStart..<targetEnd
        version = (targetEnd &+ 1)..<lineEnd
        return lineEnd &+ 2
    }

    /// Where the next byte stands that `take` must see: behind bytes from `index` on that it would let pass.
    func skippable(_ bytes: Span<UInt8>, from index: Int, to end: Int, maxTarget: Int) -> Int {
        guard stage == .target else { return index }
        let (limit, isPast) = partStart.addingReportingOverflow(maxTarget)
        return bytes.endOfVisible(from: index, to: max(index, isPast ? end : min(end, limit)))
    }

    /// Takes the byte at `index`; true after the LF that ends the line.
    mutating func take(_ byte: UInt8, at index: Int, maxTarget: Int) throws(RequestHeadError) -> Bool {
        let length = index &- partStart
        switch stage {
        case .method:
            if byte == ASCII.space, length > 0 {
                method = partStart..<index
                start(.target, after: index)
                return false
            }
            guard ASCII.isToken(byte) else { throw .badRequestLine }
            guard length < Method.maxLength else { throw .methodTooLong }
        case .target:
            if byte == ASCII.space, length > 0 {
                target = partStart..<index
                start(.version, after: index)
                return false
            }
            guard byte > ASCII.space else { throw .badRequestLine }
            guard ASCII.isVisible(byte) else { throw .badTarget }
            guard length < maxTarget else { throw .targetTooLong }
        case .version:
            if byte == ASCII.carriageReturn {
                version = partStart..<index
                stage = .lineEnd
                return false
            }
            guard byte != ASCII.lineFeed else { throw .badLineEnd }
            guard ASCII.isVisible(byte), length < RequestLineScanner.maxVersion else { throw .badVersion }
        case .lineEnd:
            guard byte == ASCII.lineFeed else { throw .badLineEnd }
            return true
        }
        return false
    }

    private mutating func start(_ next: Stage, after index: Int) {
        stage = next
        partStart = index &+ 1
    }
}
