/// One field line, as ranges into the bytes of its head: reading a head makes no `String`.
package struct HeaderField: Sendable, Equatable {
    /// The name as the sender wrote it; a token, never empty.
    package var name: Range<Int>
    /// The value without the blanks around it; may be empty.
    package var value: Range<Int>
}
