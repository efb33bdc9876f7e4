extension Headers {
    /// Whether any line of that name lists `token`, ASCII case ignored (RFC 9110 5.6.1). Linear in the length of the lines.
    public func containsToken(_ name: StaticString, token: StaticString) -> Bool {
        for field in fields where isNamed(field, name) {
            var rest = field.value
            while let member = Headers.nextMember(bytes.span, &rest) {
                if ASCII.equal(bytes.span.extracting(member), token) { return true }
            }
        }
        return false
    }

    /// The same of all lines of that kind.
    func containsToken(_ kind: FieldKind, token: StaticString) -> Bool {
        guard mayHave(kind) else { return false }
        for field in fields where field.kind == kind {
            // Most have one member.
            if ASCII.equal(bytes.span.extracting(field.value), token) { return true }
            var rest = field.value
            while let member = Headers.nextMember(bytes.span, &rest) {
                if ASCII.equal(bytes.span.extracting(member), token) { return true }
            }
        }
        return false
    }

    /// The members of all lines of that name, blanks removed, empty ones left out.
    ///
    /// It splits at every comma, so it fits lists of tokens (`Connection`, `Upgrade`, `TE`), not lists that may quote.
    public func members(_ name: StaticString) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        for field in fields where isNamed(field, name) {
            var rest = field.value
            while let member = Headers.nextMember(bytes.span, &rest) { result.append(bytes[member]) }
        }
        return result
    }

    /// Takes the next member off the front of `rest`, a part of `bytes`; nil when there is none any more. Blanks around a
    /// member are removed, empty ones are passed over.
    static func nextMember(_ bytes: Span<UInt8>, _ rest: inout Range<Int>) -> Range<Int>? {
        let end = rest.upperBound
        var position = rest.lowerBound
        while position < end {
            var first = position
            while position < end, bytes[position] != ASCII.comma { position &+= 1 }
            var last = position
            // Past the comma.
            if position < end { position &+= 1 }
            rest = position..<end
            while first < last, ASCII.isBlank(bytes[first]) { first &+= 1 }
            while last > first, ASCII.isBlank(bytes[last &- 1]) { last &-= 1 }
            if first < last { return first..<last }
        }
        return nil
    }
}
