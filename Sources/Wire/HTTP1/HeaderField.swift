/// One field line, as places in the bytes of its head: reading a head makes no `String`.
public struct HeaderField: Sendable, Equatable {
    private let nameStart: UInt32
    private let nameEnd: UInt32
    private let valueStart: UInt32
    private let valueEnd: UInt32
    /// What its name makes it; `other` until the head is whole.
    public internal(set) var kind = FieldKind.other

    /// Heads are far shorter than what these numbers hold, see `HeadLimits`.
    init(name: Range<Int>, value: Range<Int>) {
        nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
        nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
        valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
        valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
    }

    /// The name as the sender wrote it; a token, never empty.
    public var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
    /// The value without the blanks around it; may be empty.
    public var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
}
