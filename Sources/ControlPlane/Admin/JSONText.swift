import Telemetry

/// A JSON text while it is written (RFC 8259). What names contain is escaped as in the log, and cut at 1 KiB.
struct JSONText: Sendable {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func object(_ body: (inout JSONText) -> Void) { enclose("{", "}", body) }

    mutating func array<Element>(_ elements: [Element], _ body: (inout JSONText, Element) -> Void) {
        enclose("[", "]") { text in
            for element in elements {
                text.separate()
                body(&text, element)
                text.needsComma = true
            }
        }
    }

    mutating func member(_ key: StaticString, _ value: String) {
        begin(key)
        bytes.append(UInt8(ascii: "\""))
        EscapedText.append(value.utf8.span, as: .json, limit: 1024, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func member(_ key: StaticString, _ value: Int) { raw(key, "\(value)") }

    mutating func member(_ key: StaticString, _ value: Double) { raw(key, value.isFinite ? "\(value)" : "null") }

    mutating func member(_ key: StaticString, _ value: Bool) { raw(key, value ? "true" : "false") }

    mutating func member(_ key: StaticString, _ body: (inout JSONText) -> Void) {
        begin(key)
        body(&self)
        needsComma = true
    }

    private mutating func raw(_ key: StaticString, _ value: String) {
        begin(key)
        bytes.append(contentsOf: value.utf8)
    }

    private mutating func begin(_ key: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\":".utf8)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func enclose(_ opening: String, _ closing: String, _ body: (inout JSONText) -> Void) {
        bytes.append(contentsOf: opening.utf8)
        needsComma = false
        body(&self)
        bytes.append(contentsOf: closing.utf8)
        needsComma = true
    }
}
