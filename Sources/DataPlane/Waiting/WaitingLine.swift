import Balancing
import Session

/// The requests of one worker that wait for a place in one pool: first come, first served.
final class WaitingLine {
    let places: PoolPlaces
    let mark: LineMark
    private var queue = WaitingQueue<SessionDriver>(bound: .max)

    init(_ places: PoolPlaces, mark: LineMark) {
        self.places = places
        self.mark = mark
    }

    var isEmpty: Bool { queue.isEmpty }
    var count: Int { queue.count }
    var first: SessionDriver? { queue.first }
    /// In the order they came.
    var all: [SessionDriver] { queue.elements }
    var nextDeadline: UInt64? { queue.nextDeadline }

    /// Takes a place at the end. It has joined `places`.
    func enqueue(_ driver: SessionDriver, _ spot: inout WaitingSpot) {
        spot.ticket = queue.enqueue(driver, deadline: spot.deadline.nanoseconds)
        moved()
    }

    /// The same, for one who has no use for what is free now: those behind may have.
    func toBack(_ driver: SessionDriver, _ spot: inout WaitingSpot) {
        if let ticket = spot.ticket { _ = queue.remove(ticket) }
        enqueue(driver, &spot)
    }

    func remove(_ spot: WaitingSpot) {
        guard let ticket = spot.ticket else { return }
        _ = queue.remove(ticket)
        moved()
    }

    /// Those who have waited for as long as they may; they are not in the line any more.
    func expire(at now: Moment) -> [SessionDriver] {
        guard let next = queue.nextDeadline, next <= now.nanoseconds else { return [] }
        let due = queue.expire(at: now.nanoseconds)
        moved()
        return due
    }

    private func moved() { mark.begin(queue.first?.current?.spot?.stoodSince.nanoseconds) }
}

/// Where a request waits. Its line has the driver for as long as this has a ticket.
struct WaitingSpot {
    let line: WaitingLine
    /// When it began to wait, for the metric.
    let began: Moment
    /// When it came to where it stands, for who is next.
    var stoodSince: Moment
    let deadline: Moment
    var ticket: WaitingQueue<SessionDriver>.Ticket?
}
