/// The field lines of one head, in the order and the spelling in which they arrived.
///
/// Only the parsers make one, so every range of `fields` lies inside `bytes`, every name is a token and no value holds
/// CR, LF, NUL or another control byte but HTAB (RFC 9110 5.1, 5.5).
public struct Headers: Sendable {
    /// The whole head: start line, fields and the closing empty line.
    public let bytes: [UInt8]
    /// One entry a line; lines of the same name are neither merged nor sorted.
    public let fields: [HeaderField]
    /// A bit for each kind among them: most look-ups end here.
    private let kinds: UInt64

    /// - Parameter kinds: as `KeyFields` found them.
    init(bytes: [UInt8], fields: [HeaderField], kinds: UInt64) {
        self.bytes = bytes
        self.fields = fields
        self.kinds = kinds
    }

    /// False when no line is of that kind.
    public func mayHave(_ kind: FieldKind) -> Bool { kinds & kind.bit != 0 }

    /// The name of `field` as it was sent.
    public func name(_ field: HeaderField) -> ArraySlice<UInt8> {
        bytes[field.name]
    }

    /// The value of `field`, blanks around it removed.
    public func value(_ field: HeaderField) -> ArraySlice<UInt8> {
        bytes[field.value]
    }

    /// Whether the name of `field` is `name`, ASCII case ignored.
    public func isNamed(_ field: HeaderField, _ name: StaticString) -> Bool {
        // Most names differ in length already.
        field.name.count == name.utf8CodeUnitCount && ASCII.equal(bytes.span.extracting(field.name), name)
    }

    /// The value of the first line of that name, or nil.
    public func first(_ name: StaticString) -> ArraySlice<UInt8>? {
        for field in fields where isNamed(field, name) { return value(field) }
        return nil
    }

    /// The value of the line of that name if there is exactly one such line.
    public func only(_ name: StaticString) -> ArraySlice<UInt8>? {
        var found: HeaderField?
        for field in fields where isNamed(field, name) {
            guard found == nil else { return nil }
            found = field
        }
        return found.map(value)
    }

    /// The value of the line of that kind if there is exactly one such line.
    public func only(_ kind: FieldKind) -> Range<Int>? {
        guard mayHave(kind) else { return nil }
        var found: Range<Int>?
        for field in fields where field.kind == kind {
            guard found == nil else { return nil }
            found = field.value
        }
        return found
    }

    /// How many lines have that name.
    public func count(of name: StaticString) -> Int {
        fields.count { isNamed($0, name) }
    }

    /// The values of all lines of that name, in order.
    public func all(_ name: StaticString) -> [ArraySlice<UInt8>] {
        fields.compactMap { isNamed($0, name) ? value($0) : nil }
    }

    /// The first value of that name as text, for logs. Invalid UTF-8 is replaced; the caller escapes and shortens it.
    public func string(_ name: StaticString) -> String? {
        first(name).map { String(decoding: $0, as: UTF8.self) }
    }
}
