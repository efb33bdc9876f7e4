/// Those who wait for a place in a full pool: first come, first served, each with a deadline, never more than a bound.
///
/// The elements form a list through an array of places, so that one who leaves early is taken out at once and holds nothing any
/// longer. The array grows with need and shrinks when the queue is empty.
public struct WaitingQueue<Element> {
    /// Names one who waits in the queue that gave it; no other ticket of that queue is ever equal to it.
    public struct Ticket: Sendable, Hashable {
        fileprivate let place: Int
        fileprivate let serial: UInt64
    }

    /// How many may wait. Below zero counts as none. A smaller bound after a reload sends nobody away who waits already.
    public var bound: Int
    public private(set) var count = 0
    /// When somebody may be due, or nil when nobody waits. Never later than the first deadline; it may be earlier after removals.
    public private(set) var nextDeadline: UInt64?

    private var places: [WaitingPlace<Element>] = []
    /// The first of the places that are free; they form a list too.
    private var free: Int?
    private var head: Int?
    private var last: Int?
    private var serial: UInt64 = 0
    /// Whether no one has a later deadline than those behind; as a rule all wait for the same time, and then `expire` need look no
    /// further than the first who is not due.
    private var isOrdered = true

    public init(bound: Int) {
        self.bound = bound
    }

    /// Who has waited longest; it stays.
    public var first: Element? { head.flatMap { places[$0].element } }
    /// The ticket of who has waited longest.
    public var firstTicket: Ticket? { head.map { Ticket(place: $0, serial: places[$0].serial) } }
    /// All who wait, in the order they came; they stay.
    public var elements: [Element] { first(count) }

    /// So many of them at the most; they stay.
    public func first(_ most: Int) -> [Element] {
        var all: [Element] = []
        all.reserveCapacity(min(count, max(0, most)))
        var cursor = head
        while let place = cursor, all.count < most {
            if let element = places[place].element { all.append(element) }
            cursor = places[place].next
        }
        return all
    }

    public var isEmpty: Bool { count == 0 }
    public var isFull: Bool { count >= bound }
    /// Places held in memory, free ones included.
    var capacity: Int { places.count }

    /// Takes a place at the end.
    ///
    /// - Parameter deadline: nanoseconds; one that is over already is due with the next `expire`.
    /// - Returns: nil when the queue is full.
    public mutating func enqueue(_ element: Element, deadline: UInt64) -> Ticket? {
        guard !isFull else { return nil }
        serial &+= 1
        let entry = WaitingPlace(element: element, serial: serial, deadline: deadline, previous: last)
        let place = occupy(entry)
        if let last {
            if places[last].deadline > deadline { isOrdered = false }
            places[last].next = place
        } else {
            head = place
        }
        last = place
        count += 1
        nextDeadline = min(nextDeadline ?? .max, deadline)
        return Ticket(place: place, serial: serial)
    }

    /// Takes one out who gave up. Nil when that one is gone already.
    public mutating func remove(_ ticket: Ticket) -> Element? {
        guard places.indices.contains(ticket.place), places[ticket.place].serial == ticket.serial else { return nil }
        return vacate(ticket.place)
    }

    /// Takes out who has waited longest, due or not: call `expire` first.
    public mutating func popFirst() -> Element? {
        head.flatMap { vacate($0) }
    }

    /// Takes out all whose deadline has come, in the order they came.
    public mutating func expire(at now: UInt64) -> [Element] {
        guard let nextDeadline, nextDeadline <= now else { return [] }
        var due: [Element] = []
        var least: UInt64?
        var cursor = head
        while let place = cursor {
            cursor = places[place].next
            let deadline = places[place].deadline
            if deadline <= now {
                if let element = vacate(place) { due.append(element) }
            } else {
                least = min(least ?? .max, deadline)
                if isOrdered { break }
            }
        }
        self.nextDeadline = least
        return due
    }

    /// Empties the queue, as when the pool goes away. In the order they came.
    public mutating func removeAll() -> [Element] {
        var all: [Element] = []
        all.reserveCapacity(count)
        while let element = popFirst() { all.append(element) }
        return all
    }

    private mutating func occupy(_ entry: WaitingPlace<Element>) -> Int {
        guard let place = free else {
            places.append(entry)
            return places.count - 1
        }
        free = places[place].next
        places[place] = entry
        return place
    }

    /// Joins its neighbours, and keeps the place for another. Nil for a place that is free.
    private mutating func vacate(_ place: Int) -> Element? {
        guard let element = places[place].element else { return nil }
        let (previous, next) = (places[place].previous, places[place].next)
        if let previous { places[previous].next = next } else { head = next }
        if let next { places[next].previous = previous } else { last = previous }
        count -= 1
        if count == 0 {
            reset()
        } else {
            places[place] = WaitingPlace(element: nil, serial: 0, deadline: 0, next: free)
            free = place
        }
        return element
    }

    private mutating func reset() {
        // A burst's memory is given back, a trickle's is kept.
        places.removeAll(keepingCapacity: places.count <= 64)
        free = nil
        nextDeadline = nil
        isOrdered = true
    }
}

extension WaitingQueue: Sendable where Element: Sendable {}
