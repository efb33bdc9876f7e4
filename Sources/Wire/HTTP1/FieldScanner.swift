/// Reads a field section byte by byte: `*( field-line CRLF ) CRLF` (RFC 9112 2.1, 5).
///
/// It keeps ranges, not bytes, and looks at every byte once, so cutting the input anywhere changes nothing. It refuses
/// obs-fold, bare CR, bare LF, control bytes and blanks around a name the moment it sees them.
struct FieldScanner: Sendable {
    /// Where in a line the next byte falls.
    enum Stage: Sendable {
        case lineStart, name, beforeValue, value, lineEnd, sectionEnd
    }

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

    /// Takes the byte that stands at `index` of the buffer; indices only grow. True after the LF that ends the section.
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

    private mutating func startLine(_ byte: UInt8, at index: Int) throws(FieldError) {
        if byte == ASCII.carriageReturn {
            stage = .sectionEnd
            return
        }
        guard byte != ASCII.lineFeed else { throw .badLineEnd }
        guard !ASCII.isBlank(byte) else { throw .folded }
        guard ASCII.isToken(byte) else { throw .badName }
        guard fields.count < maxFields else { throw .tooMany }
        nameStart = index
        stage = .name
    }

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
