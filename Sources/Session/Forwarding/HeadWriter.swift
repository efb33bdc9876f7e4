import Wire

/// Appends the lines of a head to bytes. Values come from parsed heads or from us; a CR or LF in one would split the
/// head, so bytes that no field value may hold are left out; but for `parsed:`, which is for values that a parser has passed.
struct HeadWriter {
    private let buffer: HeadBuffer
    /// Applied in order to the lines that `field` writes; those that `fixed` writes stay.
    private let edits: [FieldEdits]

    /// - Parameter buffer: what to write behind.
    init(_ buffer: HeadBuffer = HeadBuffer(), edits: [FieldEdits] = []) {
        self.buffer = buffer
        self.edits = edits
    }

    /// A copy of all that was written.
    var bytes: [UInt8] { Array(buffer.bytes) }
    var count: Int { buffer.count }

    @inline(__always)
    func text(_ text: StaticString) {
        buffer.append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    func raw(_ raw: Span<UInt8>) {
        raw.withUnsafeBufferPointer { buffer.append($0) }
    }

    func raw(_ raw: [UInt8]) { self.raw(raw.span) }

    /// In decimal; a negative number as 0.
    func number(_ number: some BinaryInteger) {
        decimal(UInt64(clamping: number))
    }

    private func decimal(_ value: UInt64) {
        guard value >= 10 else { return buffer.append(0x30 &+ UInt8(truncatingIfNeeded: value)) }
        decimal(value / 10)
        buffer.append(0x30 &+ UInt8(truncatingIfNeeded: value % 10))
    }

    /// 16 digits in lower case.
    func hexadecimal(_ value: UInt64) {
        eightDigits(UInt32(truncatingIfNeeded: value &>> 32))
        eightDigits(UInt32(truncatingIfNeeded: value))
    }

    private func eightDigits(_ half: UInt32) {
        // Each nibble becomes a byte, all at once; those above 9 go on behind "`" and not behind "9".
        var nibbles = UInt64(half)
        nibbles = (nibbles &<< 16 | nibbles) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles &<< 8 | nibbles) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles &<< 4 | nibbles) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = ((nibbles &+ 0x0606_0606_0606_0606) &>> 4) & 0x0101_0101_0101_0101
        let digits = nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
        withUnsafeBytes(of: digits.bigEndian) { buffer.append($0.assumingMemoryBound(to: UInt8.self)) }
    }

    /// What may stand in a field value (RFC 9110 5.5); other bytes are left out.
    func value(_ value: Span<UInt8>) {
        // Bytes that hold nothing to leave out, which is nearly all there is, are copied in one go.
        guard value.endOfText(from: 0, to: value.count) < value.count else { return raw(value) }
        for index in value.indices where (value[index] >= 0x20 && value[index] != 0x7F) || value[index] == 0x09 {
            buffer.append(value[index])
        }
    }

    func value(_ value: some Collection<UInt8>) {
        let isCopied: Void? = value.withContiguousStorageIfAvailable { self.value($0.span) }
        if isCopied == nil { self.value(Array(value).span) }
    }

    @inline(__always)
    func lineEnd() {
        text("\r\n")
    }

    // MARK: Lines that no edit touches

    @inline(__always)
    func fixed(_ name: StaticString, _ value: StaticString) {
        // Four known lengths: the compiler makes plain stores of them.
        text(name)
        text(": ")
        text(value)
        lineEnd()
    }

    /// A value of a parsed head, in which nothing is to be left out.
    @inline(__always)
    func fixed(_ name: StaticString, parsed value: Span<UInt8>) {
        text(name)
        text(": ")
        raw(value)
        lineEnd()
    }

    @inline(__always)
    func fixed(_ name: StaticString, _ value: Span<UInt8>) {
        text(name)
        text(": ")
        self.value(value)
        lineEnd()
    }

    func fixed(_ name: StaticString, _ value: some Collection<UInt8>) {
        text(name)
        text(": ")
        self.value(value)
        lineEnd()
    }

    func fixed(_ name: StaticString, number: some BinaryInteger) {
        text(name)
        text(": ")
        self.number(number)
        lineEnd()
    }

    // MARK: Lines that edits may take away

    @inline(__always)
    func field(_ name: StaticString, _ value: StaticString) {
        if !drops(name) { fixed(name, value) }
    }

    @inline(__always)
    func field(_ name: StaticString, parsed value: Span<UInt8>) {
        if !drops(name) { fixed(name, parsed: value) }
    }

    @inline(__always)
    func field(_ name: StaticString, _ value: Span<UInt8>) {
        if !drops(name) { fixed(name, value) }
    }

    func field(_ name: StaticString, _ value: some Collection<UInt8>) {
        if !drops(name) { fixed(name, value) }
    }

    func field(_ name: StaticString, number: some BinaryInteger) {
        if !drops(name) { fixed(name, number: number) }
    }

    @inline(__always)
    func field(_ name: StaticString, id: RequestID) {
        guard !drops(name) else { return }
        text(name)
        text(": ")
        id.write(to: self)
        lineEnd()
    }

    /// Copies the field lines that pass as they came: their names keep their case, their values their bytes. Lines that stand
    /// behind each other and are written as we would write them are copied as one piece.
    @inline(__always)
    func lines(of fields: borrowing ClassifiedFields, where passes: (FieldKind) -> Bool) {
        let source = fields.headers.bytes.span
        var run = 0..<0
        for index in fields.headers.fields.indices where passes(fields.kind(index)) {
            let field = fields.headers.fields[index]
            let (name, value) = (field.name, field.value)
            if !edits.isEmpty, drops(source.extracting(name)) { continue }
            if isOurSpelling(source, name, value) {
                if run.upperBound == name.lowerBound {
                    run = run.lowerBound..<(value.upperBound &+ 2)
                } else {
                    raw(source.extracting(run))
                    run = name.lowerBound..<(value.upperBound &+ 2)
                }
            } else {
                raw(source.extracting(run))
                run = 0..<0
                raw(source.extracting(name))
                text(": ")
                raw(source.extracting(value))
                lineEnd()
            }
        }
        raw(source.extracting(run))
    }

    /// `Name: value`, one space and a line end behind it.
    private func isOurSpelling(_ source: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>) -> Bool {
        value.lowerBound &- name.upperBound == 2 && source[name.upperBound &+ 1] == 0x20
            && value.upperBound < source.count &- 1 && source[value.upperBound] == 0x0D
    }

    // MARK: Lines that edits bring

    /// Writes what each edit brings and no later one takes away.
    func editLines(describingContent: Bool = true) {
        for (index, edit) in edits.enumerated() {
            for line in edit.lines where describingContent || !line.describesContent {
                let isDropped = edits[(index &+ 1)...].contains { $0.drops(line.name.span) }
                if !isDropped { raw(line.text.bytes) }
            }
        }
    }

    @inline(__always)
    private func drops(_ name: StaticString) -> Bool { !edits.isEmpty && isDropped(name) }

    private func isDropped(_ name: StaticString) -> Bool { name.withUTF8Buffer { drops($0.span) } }

    private func drops(_ name: Span<UInt8>) -> Bool {
        for edit in edits where edit.drops(name) { return true }
        return false
    }
}
