/// What the options of all `Connection` lines of a head say (RFC 9110 7.6.1), ASCII case ignored.
public struct ConnectionOptions: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `close`
    public static let close = ConnectionOptions(rawValue: 1)
    /// `upgrade`
    public static let upgrade = ConnectionOptions(rawValue: 2)
    /// An option that is neither of these nor `keep-alive`: it may name a field.
    public static let other = ConnectionOptions(rawValue: 4)

    /// Adds the members of one line's value. Linear in its length.
    mutating func formUnion(list value: Range<Int>, of bytes: Span<UInt8>) {
        // Most have one member, which one look tells from the others.
        switch value.count {
        case 5: if ASCII.equal(bytes.extracting(value), "close") { return add(.close) }
        case 7: if ASCII.equal(bytes.extracting(value), "upgrade") { return add(.upgrade) }
        case 10: if ASCII.equal(bytes.extracting(value), "keep-alive") { return }
        default: break
        }
        var rest = value
        while let member = Headers.nextMember(bytes, &rest) {
            let name = bytes.extracting(member)
            if ASCII.equal(name, "keep-alive") { continue }
            add(ASCII.equal(name, "close") ? .close : ASCII.equal(name, "upgrade") ? .upgrade : .other)
        }
    }

    private mutating func add(_ option: ConnectionOptions) { self = ConnectionOptions(rawValue: rawValue | option.rawValue) }
}
