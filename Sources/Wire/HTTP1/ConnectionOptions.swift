/// What the options of all `Connection` lines of a head say (RFC 9110 7.6.1), ASCII case ignored.
package struct ConnectionOptions: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `close`
    package static let close = ConnectionOptions(rawValue: 1)
    /// `upgrade`
    package static let upgrade = ConnectionOptions(rawValue: 2)
    /// An option that is neither of these nor `keep-alive`: it may name a field.
    package static let other = ConnectionOptions(rawValue: 4)

    /// Adds the members of one line's value. Linear in its length.
    mutating func formUnion(list value: Range<Int>, of bytes: Span<UInt8>) {
        var rest = value
        while let member = Headers.nextMember(bytes, &rest) {
            let name = bytes.extracting(member)
            if ASCII.equal(name, "keep-alive") { continue }
            insert(ASCII.equal(name, "close") ? .close : ASCII.equal(name, "upgrade") ? .upgrade : .other)
        }
    }
}
