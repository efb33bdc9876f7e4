/// One place of a `WaitingQueue`.
struct WaitingPlace<Element> {
    /// Nil while the place is free.
    var element: Element?
    /// The ticket's; 0 while the place is free, which no ticket is.
    var serial: UInt64
    var deadline: UInt64
    /// Neighbours in the line, by place; for a free one only the next free one.
    var previous: Int?
    var next: Int?
}

extension WaitingPlace: Sendable where Element: Sendable {}
