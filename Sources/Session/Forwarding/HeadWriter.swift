import Wire

/// Appends the lines of a head to bytes. Values come from parsed heads or from us; a CR or LF in one would split the
/// head, so bytes that no field value may hold are left out.
struct HeadWriter {
    private(set) var bytes: [UInt8] = []
    /// Applied in order to the lines that `field` writes; those that `fixed` writes stay.
    private let edits: [FieldEdits]

    init(capacity: Int, edits: [FieldEdits] = []) {
        self.edits = edits
        bytes.reserveCapacity(edits.reduce(capacity) { $0 &+ $1.byteCount })
    }

    mutating func text(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ raw: some Collection<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    mutating func number(_ number: some BinaryInteger) {
        raw(String(number).utf8)
    }

    /// What may stand in a field value (RFC 9110 5.5); other bytes are left out.
    mutating func value(_ value: some Collection<UInt8>) {
        // Bytes in one piece that hold nothing to leave out, which is nearly all there is, are copied in one go.
        let isCopied = value.withContiguousStorageIfAvailable { piece in
            guard piece.span.endOfText(from: 0, to: piece.count) == piece.count else { return false }
            bytes.append(contentsOf: piece)
            return true
        }
        guard isCopied != true else { return }
        for byte in value where (byte >= 0x20 && byte != 0x7F) || byte == 0x09 { bytes.append(byte) }
    }

    mutating func lineEnd() {
        text("\r\n")
    }

    // MARK: Lines that no edit touches

    mutating func fixed(_ name: StaticString, _ value: StaticString) {
        text(name)
        text(": ")
        text(value)
        lineEnd()
    }

    mutating func fixed(_ name: StaticString, _ value: some Collection<UInt8>) {
        text(name)
        text(": ")
        self.value(value)
        lineEnd()
    }

    // MARK: Lines that edits may take away

    mutating func field(_ name: StaticString, _ value: StaticString) {
        if !drops(name) { fixed(name, value) }
    }

    mutating func field(_ name: StaticString, _ value: some Collection<UInt8>) {
        if !drops(name) { fixed(name, value) }
    }

    /// Copies a field line as it came: its name keeps its case, its value its bytes.
    mutating func field(_ field: HeaderField, of headers: Headers) {
        let source = headers.bytes
        guard edits.isEmpty || !drops(source.span.extracting(field.name)) else { return }
        let (colon, end) = (field.name.upperBound, field.value.upperBound)
        if field.value.lowerBound &- colon == 2, source[colon &+ 1] == 0x20, end < source.count &- 1, source[end] == 0x0D {
            // Written as we would write it: one copy, its CR LF included.
            bytes.append(contentsOf: source[field.name.lowerBound...(end &+ 1)])
        } else {
            raw(headers.name(field))
            text(": ")
            raw(headers.value(field))
            lineEnd()
        }
    }

    // MARK: Lines that edits bring

    /// Writes what each edit brings and no later one takes away.
    mutating func editLines(describingContent: Bool = true) {
        for (index, edit) in edits.enumerated() {
            for line in edit.lines where describingContent || !line.describesContent {
                let isDropped = edits[(index &+ 1)...].contains { $0.drops(line.name.span) }
                if !isDropped { bytes.append(contentsOf: line.text.bytes) }
            }
        }
    }

    private func drops(_ name: StaticString) -> Bool {
        guard !edits.isEmpty else { return false }
        return name.withUTF8Buffer { drops($0.span) }
    }

    private func drops(_ name: Span<UInt8>) -> Bool {
        for edit in edits where edit.drops(name) { return true }
        return false
    }
}
