import Balancing
import Session

/// Closing tunnels and event streams of one backend while the process goes on.
extension Worker {
    /// Does what the keeper orders. In a drain of the process nothing: all are told to go already.
    func shed(_ order: ShedOrder) {
        let key = order.backend.key
        if case .calledOff = order.extent, order.cause.isDrainOfBackend { sheds[key] = nil }
        guard drain == nil else { return }
        let concerned = sessions.values.filter { $0.isLongLived && $0.tunnel?.backend.key == key }
        switch order.extent {
        case .all:
            sheds[key] = order
            dropKept(of: key)
            shed(Self.quietFirst(concerned, count: concerned.count), order)
        case .part(let counts, _):
            let count = handle.index < counts.count ? counts[handle.index] : 0
            let staying = concerned.filter { $0.phase == .relaying && !$0.isRetiring }
            shed(Self.quietFirst(staying, count: count), order)
        case .calledOff:
            for session in concerned where session.retireAt != .never && session.retireCause.isCalledOff(with: order.cause) {
                session.reprieve()
                retireIfRemoved(session)
            }
        }
    }

    /// Those that opened while their backend began to drain, or that a reload lets live while it drains.
    func shedAgain(_ sessions: [SessionDriver]) {
        guard !sheds.isEmpty, !sessions.isEmpty else { return }
        for (key, order) in sheds {
            let concerned = sessions.filter { $0.tunnel?.backend.key == key }
            shed(Self.quietFirst(concerned, count: concerned.count), order)
        }
    }

    private func shed(_ sessions: [SessionDriver], _ order: ShedOrder) {
        // Rebalancing and a reload may have given moments past the end of a drain.
        let earliest = earliest(order)
        let sessions = sessions.filter { $0.mayBeTold(order.cause, at: earliest) }
        guard !sessions.isEmpty else { return }
        let (moments, latest) = moments(order, count: sessions.count)
        for (session, moment) in zip(sessions, moments) {
            session.leave(order.backend, at: max(moment, now), latest: latest, cause: order.cause)
            if order.cause == .rebalance { session.tunnel?.route.pool.meter.rebalanced.add() }
        }
    }

    /// No moment that the order has to give is before this one.
    private func earliest(_ order: ShedOrder) -> Moment {
        guard case .all(.perSecond(let rate), let began) = order.extent else { return now }
        return Moment(nanoseconds: ShedPlan(.perSecond(rate), tunnels: .max, at: began).moment(of: order.places.next))
    }

    /// When each of so many is to be closed, and past which moment none of them may be put off.
    private func moments(_ order: ShedOrder, count: Int) -> (moments: [Moment], latest: Moment) {
        switch order.extent {
        case .calledOff: return ([], .never)
        case .part(_, let period):
            let plan = ShedPlan(.over(period), tunnels: count, at: now.nanoseconds)
            return ((0..<count).map { Moment(nanoseconds: plan.moment(of: $0)) }, .never)
        case .all(.over(let period), let began):
            // Whoever comes late has what is left of the time; each worker spreads its own.
            let end = Moment(nanoseconds: began).after(Moment.Span(nanoseconds: period))
            let plan = ShedPlan(.over(end.since(now)), tunnels: count, at: now.nanoseconds)
            return ((0..<count).map { Moment(nanoseconds: plan.moment(of: $0)) }, end)
        case .all(.perSecond(let rate), let began):
            // All workers draw from the same numbers, so the rate is that of all together.
            let first = order.places.take(count)
            let plan = ShedPlan(.perSecond(rate), tunnels: .max, at: began)
            return ((first..<(first + count)).map { Moment(nanoseconds: plan.moment(of: $0)) }, .never)
        }
    }

    private static func quietFirst(_ sessions: [SessionDriver], count: Int) -> [SessionDriver] {
        let activity = sessions.enumerated().map { (index: $0.offset, lastActivity: $0.element.lastActivity) }
        return Quietest.pick(count, of: activity).map { sessions[$0] }
    }
}

extension CloseReason.Cause {
    /// What an order of the keeper says, and another one may call off.
    var isDrainOfBackend: Bool { self == .backendDrain || self == .backendDown }

    /// Drains are one matter and rebalancing is another: the end of one leaves the other as it is.
    func isCalledOff(with other: CloseReason.Cause) -> Bool {
        isDrainOfBackend ? other.isDrainOfBackend : self == .rebalance && other == .rebalance
    }
}
