import Wire

/// Appends the lines of a head to bytes. Values come from parsed heads or from us; a CR or LF in one would split the
/// head, so bytes that no field value may hold are left out.
struct HeadWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func text(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ raw: some Collection<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    mutating func lineEnd() {
        text("\r\n")
    }

    mutating func field(_ name: StaticString, _ value: StaticString) {
        text(name)
        text(": ")
        text(value)
        lineEnd()
    }

    mutating func field(_ name: StaticString, _ value: some Collection<UInt8>) {
        text(name)
        text(": ")
        bytes.append(contentsOf: value.lazy.filter { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 })
        lineEnd()
    }

    /// Copies a field line as it came: its name keeps its case, its value its bytes.
    mutating func field(_ field: HeaderField, of headers: Headers) {
        raw(headers.name(field))
        text(": ")
        raw(headers.value(field))
        lineEnd()
    }
}
