extension Headers {
    /// Whether any line of that name lists `token`, ASCII case ignored (RFC 9110 5.6.1). Linear in the length of the lines.
    package func containsToken(_ name: StaticString, token: StaticString) -> Bool {
        for field in fields where isNamed(field, name) {
            var rest = value(field)
            while let member = Headers.nextMember(&rest) {
                if ASCII.equal(member, token) { return true }
            }
        }
        return false
    }

    /// The members of all lines of that name, blanks removed, empty ones left out.
    ///
    /// It splits at every comma, so it fits lists of tokens (`Connection`, `Upgrade`, `TE`), not lists that may quote.
    package func members(_ name: StaticString) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        for field in fields where isNamed(field, name) { result += Headers.members(of: value(field)) }
        return result
    }

    /// The members of one comma-separated value, blanks removed, empty ones left out.
    static func members(of value: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var rest = value
        var result: [ArraySlice<UInt8>] = []
        while let member = nextMember(&rest) { result.append(member) }
        return result
    }

    /// Takes the next member off the front of `rest`; nil when there is none any more.
    private static func nextMember(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        while !rest.isEmpty {
            let comma = rest.firstIndex(of: ASCII.comma) ?? rest.endIndex
            let member = ASCII.trimmed(rest[..<comma])
            rest = rest[comma...].dropFirst()
            if !member.isEmpty { return member }
        }
        return nil
    }
}
