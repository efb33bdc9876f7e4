/// The host that a request head asks for. Nearly all hosts come in the form in which they are compared: those stay where they are.
enum HostPlace: Sendable {
    case none
    /// In the bytes of the head, in the compared form.
    case standing(Range<Int>)
    /// Another spelling, a literal, or the host of an absolute target.
    case named(HostName)
}
