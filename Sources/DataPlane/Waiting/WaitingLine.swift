import Balancing
import Session

/// The requests of one worker that wait for a place in one pool: first come, first served.
///
/// Choosy ones, whom some backend failed before, stand in a row of their own: they may have no use for a place that all the others could
/// take, and must not stand before them then.
final class WaitingLine {
    let places: PoolPlaces
    let mark: LineMark
    private var queue = WaitingQueue<SessionDriver>(bound: .max)
    private var choosy = WaitingQueue<SessionDriver>(bound: .max)
    /// Those of `queue` whom a kept connection may serve, however many stand before them whom it may not.
    private var plain = WaitingQueue<SessionDriver>(bound: .max)
    /// Whom the mark tells of.
    private var marked: WaitingQueue<SessionDriver>.Ticket?

    init(_ places: PoolPlaces, mark: LineMark) {
        self.places = places
        self.mark = mark
    }

    var isEmpty: Bool { queue.isEmpty && choosy.isEmpty }
    /// Of those who are not choosy.
    var first: SessionDriver? { queue.first }
    /// Each row in the order they came.
    var all: [SessionDriver] { choosy.elements + queue.elements }
    var nextDeadline: UInt64? {
        guard let one = queue.nextDeadline, let other = choosy.nextDeadline else { return queue.nextDeadline ?? choosy.nextDeadline }
        return min(one, other)
    }

    /// The first of those whom a kept connection may serve and who are not choosy, in the order they came.
    func firstPlain(_ most: Int) -> [SessionDriver] { plain.first(most) }

    /// The first of the choosy ones, in the order they came.
    func firstChoosy(_ most: Int) -> [SessionDriver] { choosy.first(most) }

    /// Takes a place at the end. It has joined `places`.
    func enqueue(_ driver: SessionDriver, _ spot: inout WaitingSpot) {
        let deadline = spot.deadline.nanoseconds
        spot.ticket = spot.isChoosy ? choosy.enqueue(driver, deadline: deadline) : queue.enqueue(driver, deadline: deadline)
        spot.plainTicket = spot.isPlain && !spot.isChoosy ? plain.enqueue(driver, deadline: .max) : nil
        moved()
    }

    func remove(_ spot: WaitingSpot) {
        guard let ticket = spot.ticket else { return }
        _ = spot.isChoosy ? choosy.remove(ticket) : queue.remove(ticket)
        if let ticket = spot.plainTicket { _ = plain.remove(ticket) }
        moved()
    }

    /// It keeps its place among the others.
    func leaveKeptRow(_ spot: inout WaitingSpot) {
        guard let ticket = spot.plainTicket else { return }
        spot.plainTicket = nil
        _ = plain.remove(ticket)
    }

    /// Those who have waited for as long as they may; they are not in the line any more.
    func expire(at now: Moment) -> [SessionDriver] {
        guard let next = nextDeadline, next <= now.nanoseconds else { return [] }
        let due = choosy.expire(at: now.nanoseconds) + queue.expire(at: now.nanoseconds)
        for driver in due {
            if let ticket = driver.current?.spot?.plainTicket { _ = plain.remove(ticket) }
        }
        moved()
        return due
    }

    private func moved() {
        let first = queue.firstTicket
        mark.begin(
            queue.first?.current?.spot?.began.nanoseconds, isAnother: first != marked,
            choosy: choosy.first?.current?.spot?.began.nanoseconds)
        marked = first
    }
}

/// Where a request waits. Its line has the driver for as long as this has a ticket.
struct WaitingSpot {
    let line: WaitingLine
    /// When it began to wait: for who is next, and for the metric.
    let began: Moment
    let deadline: Moment
    /// No upgrade: a kept connection may serve it.
    let isPlain: Bool
    /// In the row of the choosy ones.
    var isChoosy: Bool
    var ticket: WaitingQueue<SessionDriver>.Ticket?
    /// In the row of those whom a kept connection may serve.
    var plainTicket: WaitingQueue<SessionDriver>.Ticket?
}
