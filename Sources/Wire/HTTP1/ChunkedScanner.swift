/// Finds the end of a chunked body without collecting it (RFC 9112 7.1).
///
/// It is for bodies that are passed on as they are: it decodes nothing and holds a few numbers, never the data. Sizes are
/// plain hexadecimal digits; extensions are let through when short and well formed; chunk data is skipped, not read.
public struct ChunkedScanner: Sendable {
    /// Bytes of extensions one chunk may carry.
    public static let maxExtension = 1024
    /// Bytes of extensions all chunks of a body may carry together.
    public static let maxExtensions = 16 * 1024
    /// Digits a size may have, leading zeros included.
    static let maxSizeDigits = 16

    private enum Stage: Sendable {
        case size, blankAfterSize, chunkExtension, quoted, quotedPair, afterQuoted
        case sizeLineEnd, data, dataEnd, dataLineEnd
        case trailers, done
    }

    private var stage = Stage.size
    private var size: UInt64 = 0
    private var digits = 0
    private var extensionBytes = 0
    private var allExtensionBytes = 0
    private var trailers: TrailerScanner

    /// `limits.maxHead` bounds the bytes of the trailer section, `limits.maxHeaders` its lines.
    public init(limits: HeadLimits) {
        trailers = TrailerScanner(limits: limits)
    }

    /// Reads on from where the last call stopped. `bytes` is what came since, not the whole body.
    ///
    /// Once done, it consumes nothing more. After an error it must not be used again.
    public mutating func scan(_ bytes: Span<UInt8>) throws(ChunkedError) -> ChunkedProgress {
        try walk(bytes) { _ in }
    }

    /// The same, and hands out where the chunks' data stands in `bytes`: never an empty range, in order, together the body.
    /// Ranges before a byte that is refused are handed out all the same.
    public mutating func scan(
        _ bytes: Span<UInt8>, data: (Range<Int>) -> Void
    ) throws(ChunkedError) -> ChunkedProgress {
        try walk(bytes, data: data)
    }

    /// Whether the next byte begins a chunk's size line, so that a chunk of our own may stand before it: before the first
    /// chunk too, and no longer once the last chunk's size line has begun.
    public var isBetweenChunks: Bool {
        stage == .size && digits == 0
    }

    /// Written out in both callers: the one that wants no data pays for none.
    @inline(__always)
    private mutating func walk(
        _ bytes: Span<UInt8>, data: (Range<Int>) -> Void
    ) throws(ChunkedError) -> ChunkedProgress {
        var index = 0
        while index < bytes.count, stage != .done {
            if stage == .data {
                let start = index
                index &+= skipData(bytes.count &- start)
                data(start..<index)
            } else {
                try take(bytes[index])
                index &+= 1
            }
        }
        return ChunkedProgress(consumed: index, isDone: stage == .done)
    }

    /// Skips up to `available` bytes of chunk data; at least one, since a chunk of no bytes has no data stage.
    private mutating func skipData(_ available: Int) -> Int {
        let step = min(UInt64(clamping: available), size)
        size &-= step
        if size == 0 { stage = .dataEnd }
        return Int(clamping: step)
    }

    private mutating func take(_ byte: UInt8) throws(ChunkedError) {
        switch stage {
        case .size: try takeSize(byte)
        case .blankAfterSize, .chunkExtension, .quoted, .quotedPair, .afterQuoted: try takeExtension(byte)
        case .sizeLineEnd:
            guard byte == ASCII.lineFeed else { throw .badLineEnd }
            stage = size == 0 ? .trailers : .data
            (digits, extensionBytes) = (0, 0)
        case .dataEnd:
            guard byte == ASCII.carriageReturn else { throw .badLineEnd }
            stage = .dataLineEnd
        case .dataLineEnd:
            guard byte == ASCII.lineFeed else { throw .badLineEnd }
            stage = .size
        case .trailers:
            if try trailers.take(byte) { stage = .done }
        case .data, .done: break
        }
    }

    private mutating func takeSize(_ byte: UInt8) throws(ChunkedError) {
        if let digit = ASCII.hexValue(byte) {
            digits &+= 1
            guard digits <= ChunkedScanner.maxSizeDigits, size <= UInt64(Int64.max) >> 4 else { throw .badSize }
            size = size << 4 | UInt64(digit)
            return
        }
        guard digits > 0 else { throw .badSize }
        switch byte {
        case ASCII.carriageReturn: stage = .sizeLineEnd
        case ASCII.lineFeed: throw .badLineEnd
        case ASCII.semicolon: try startExtension(.chunkExtension)
        case ASCII.space, ASCII.tab: try startExtension(.blankAfterSize)
        default: throw .badSize
        }
    }

    private mutating func startExtension(_ next: Stage) throws(ChunkedError) {
        stage = next
        try countExtension()
    }

    private mutating func countExtension() throws(ChunkedError) {
        extensionBytes &+= 1
        allExtensionBytes &+= 1
        guard extensionBytes <= ChunkedScanner.maxExtension, allExtensionBytes <= ChunkedScanner.maxExtensions else {
            throw .extensionTooLong
        }
    }

    /// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`, RFC 9112 7.1.1. The order of names and `=` is
    /// not checked: what matters is that no reader could see a line end where there is none.
    private mutating func takeExtension(_ byte: UInt8) throws(ChunkedError) {
        if byte == ASCII.carriageReturn, stage == .chunkExtension || stage == .afterQuoted {
            stage = .sizeLineEnd
            return
        }
        guard ASCII.isFieldValue(byte) else { throw byte == ASCII.lineFeed ? .badLineEnd : .badExtension }
        try countExtension()
        switch stage {
        case .quotedPair: stage = .quoted
        case .quoted:
            if byte == ASCII.quote { stage = .afterQuoted }
            if byte == ASCII.backslash { stage = .quotedPair }
        case .blankAfterSize, .afterQuoted:
            if byte == ASCII.semicolon { stage = .chunkExtension } else if !ASCII.isBlank(byte) { throw .badExtension }
        default:
            if byte == ASCII.quote {
                stage = .quoted
            } else if byte != ASCII.semicolon, byte != ASCII.equals, !ASCII.isBlank(byte), !ASCII.isToken(byte) {
                throw .badExtension
            }
        }
    }
}
