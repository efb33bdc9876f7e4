/// Reads a field section: `*( field-line CRLF ) CRLF` (RFC 9112 2.1, 5).
///
/// It keeps ranges, not bytes, and takes every byte once, so cutting the input anywhere changes nothing. It refuses
/// obs-fold, bare CR, bare LF, control bytes and blanks around a name the moment it sees them. `take` says what each byte
/// means; `scan` does the same faster, by skipping runs that `take` would let pass.
struct FieldScanner: Sendable {
    /// Where in a line the next byte falls.
    enum Stage: Sendable {
        case lineStart, name, beforeValue, value, lineEnd, sectionEnd
    }

    /// Lines that most heads stay below: memory for so many is asked for at once.
    private static let usualFields = 16

    private(set) var stage = Stage.lineStart
    private(set) var fields: [HeaderField] = []
    private let maxFields: Int
    private var nameStart = 0
    private var nameEnd = 0
    private var valueStart = 0
    private var valueEnd = 0

    init(maxFields: Int) {
        self.maxFields = maxFields
    }

    /// The lines, which the scanner lets go of: it is at its end.
    mutating func takeFields() -> [HeaderField] {
        var taken: [HeaderField] = []
        swap(&taken, &fields)
        return taken
    }

    /// Takes `bytes[start..<end]` of the buffer. What it consumed ends at `next`: behind the section, or at `end`.
    mutating func scan(
        _ bytes: Span<UInt8>, from start: Int, to end: Int
    ) throws(FieldError) -> (next: Int, isEnd: Bool) {
        var index = start
        while index < end {
            if stage == .lineStart, fields.count < maxFields, let next = takeWhole(bytes, from: index, to: end) {
                index = next
                continue
            }
            skipRun(bytes, &index, end)
            guard index < end else { break }
            let isEnd = try take(bytes[index], at: index)
            index &+= 1
            if isEnd { return (index, true) }
        }
        return (index, false)
    }

    /// Reads a whole line of the usual form at once, and says where it ends. nil, and nothing is read, when it is not all here or
    /// not of that form: what it is then, `take` says.
    @inline(__always)
    private mutating func takeWhole(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        let colon = bytes.endOfToken(from: start, to: end)
        guard colon > start, colon < end, bytes[colon] == ASCII.colon else { return nil }
        var first = colon &+ 1
        while first < end, bytes[first] == ASCII.space { first &+= 1 }
        let lineEnd = bytes.endOfText(from: first, to: end)
        guard end &- lineEnd >= 2, bytes[lineEnd] == ASCII.carriageReturn, bytes[lineEnd &+ 1] == ASCII.lineFeed else {
            return nil
        }
        var last = lineEnd
        while last > first, bytes[last &- 1] == ASCII.space { last &-= 1 }
        if fields.isEmpty { fields.reserveCapacity(min(maxFields, FieldScanner.usualFields)) }
        // An empty value stands right behind the colon, whatever blanks follow.
        let value = last > first ? first..<last : (colon &+ 1)..<(colon &+ 1)
        fields.append(HeaderField(name: start..<colon, value: value))
        return lineEnd &+ 2
    }

    /// Moves `index` behind the bytes of a name or of a value that need no second look.
    private mutating func skipRun(_ bytes: Span<UInt8>, _ index: inout Int, _ end: Int) {
        switch stage {
        case .name:
            index = bytes.endOfToken(from: index, to: end)
        case .value:
            let start = index
            index = bytes.endOfText(from: start, to: end)
            // Blanks at the end of the run count as value only if more follows.
            var last = index
            while last > start, bytes[last &- 1] == ASCII.space { last &-= 1 }
            if last > start { valueEnd = last }
        case .lineStart, .beforeValue, .lineEnd, .sectionEnd: break
        }
    }

    /// Takes the byte that stands at `index` of the buffer; indices only grow. True after the LF that ends the section.
    ///
    /// Written out in `scan`, with the parts it is made of: six calls a line were a seventh of a head's instructions.
    @inline(__always)
    mutating func take(_ byte: UInt8, at index: Int) throws(FieldError) -> Bool {
        switch stage {
        case .lineStart: try startLine(byte, at: index)
        case .name: try takeName(byte, at: index)
        case .beforeValue, .value: try takeValue(byte, at: index)
        case .lineEnd:
            guard byte == ASCII.lineFeed else { throw .badLineEnd }
            fields.append(HeaderField(name: nameStart..<nameEnd, value: valueStart..<valueEnd))
            stage = .lineStart
        case .sectionEnd:
            guard byte == ASCII.lineFeed else { throw .badLineEnd }
            return true
        }
        return false
    }

    @inline(__always)
    private mutating func startLine(_ byte: UInt8, at index: Int) throws(FieldError) {
        if byte == ASCII.carriageReturn {
            stage = .sectionEnd
            return
        }
        guard byte != ASCII.lineFeed else { throw .badLineEnd }
        guard !ASCII.isBlank(byte) else { throw .folded }
        guard ASCII.isToken(byte) else { throw .badName }
        guard fields.count < maxFields else { throw .tooMany }
        if fields.isEmpty { fields.reserveCapacity(min(maxFields, FieldScanner.usualFields)) }
        nameStart = index
        stage = .name
    }

    @inline(__always)
    private mutating func takeName(_ byte: UInt8, at index: Int) throws(FieldError) {
        if byte == ASCII.colon {
            nameEnd = index
            valueStart = index &+ 1
            valueEnd = valueStart
            stage = .beforeValue
        } else if !ASCII.isToken(byte) {
            throw .badName
        }
    }

    @inline(__always)
    private mutating func takeValue(_ byte: UInt8, at index: Int) throws(FieldError) {
        if byte == ASCII.carriageReturn {
            stage = .lineEnd
            return
        }
        guard byte != ASCII.lineFeed else { throw .badLineEnd }
        guard ASCII.isFieldValue(byte) else { throw .badValue }
        guard !ASCII.isBlank(byte) else { return }
        if stage == .beforeValue {
            valueStart = index
            stage = .value
        }
        valueEnd = index &+ 1
    }
}
