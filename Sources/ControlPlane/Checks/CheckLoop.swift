import Session
import Transport

/// The checks' thread: an event loop over the connections of all checks under way. Made by one thread, and then another one's for good.
final class CheckLoop {
    /// Nanoseconds in which a backend may end its side of a connection that has served.
    static let parting: UInt64 = 1_000_000_000
    /// Bytes that may arrive meanwhile. Past them the connection is reset.
    static let mostDiscarded = 16 * 1024
    /// Bytes that may wait for a backend to read: a request with its texts has less.
    static let backlogBound = 64 * 1024
    private static let wakeupToken = UInt64.max

    private struct Slot {
        var generation: UInt32 = 0
        var check: ActiveCheck?
    }

    let epoll: Epoll
    let scratch = Scratch(capacity: 16 * 1024)
    var wheel: TimerWheel
    var now: UInt64
    var random = SystemRandomNumberGenerator()
    private let mailbox: CheckMailbox
    /// Checks under way at once, and connections: verdicts given, some still wait for the backend to end its side.
    private let most: (checks: Int, connections: Int)
    private let deliver: @Sendable (CheckResult) -> Void
    private var slots: [Slot] = []
    private var free: [Int] = []
    /// Checks without a verdict.
    private var active = 0
    private var waiting: [CheckJob] = []
    /// Index in `waiting` of the next one.
    private var nextWaiting = 0
    private var expired: [Int] = []

    init(mailbox: CheckMailbox, concurrency: Int, deliver: @escaping @Sendable (CheckResult) -> Void) throws(SystemError) {
        self.mailbox = mailbox
        most = (concurrency, 2 * concurrency)
        self.deliver = deliver
        now = Clock.monotonic()
        wheel = TimerWheel(now: now)
        epoll = try Epoll()
        try epoll.add(mailbox.wakeup.descriptor, .read, token: Self.wakeupToken)
    }

    /// Turns until the mailbox says stop; then everything is closed.
    func run() {
        while turn() {}
        for slot in slots { slot.check?.stream.close(reset: true) }
        slots = []
        waiting = []
    }

    private func turn() -> Bool {
        let count = epoll.wait(milliseconds: wheel.wait(now: Clock.monotonic()) ?? -1)
        now = Clock.monotonic()
        for index in 0..<count { serve(epoll.event(index)) }
        expire()
        guard let news = mailbox.take() else { return false }
        giveUp(news.cancelled)
        waiting += news.jobs
        beginWaiting()
        return true
    }

    private func serve(_ event: Epoll.Event) {
        let slot = Int(UInt32(truncatingIfNeeded: event.token))
        // The wakeup's own event is answered by looking into the mailbox, which every turn does.
        guard event.token != Self.wakeupToken, slot < slots.count, token(slot) == event.token, let check = slots[slot].check else { return }
        ready(check, slot, event)
    }

    private func expire() {
        expired.removeAll(keepingCapacity: true)
        wheel.advance(to: now, expired: &expired)
        for slot in expired {
            guard slot < slots.count, let check = slots[slot].check else { continue }
            if check.stage == .leaving { drop(check, slot, reset: true) } else { timedOut(check, slot) }
        }
    }

    private func beginWaiting() {
        while nextWaiting < waiting.count, active < most.checks, let slot = takeSlot() {
            let check = ActiveCheck(job: waiting[nextWaiting], now: now)
            nextWaiting += 1
            active += 1
            slots[slot].check = check
            dialNext(check, slot)
        }
        guard nextWaiting == waiting.count || nextWaiting >= 1024 else { return }
        waiting.removeFirst(nextWaiting)
        nextWaiting = 0
    }

    /// These get no verdict. Those whose verdict was given meanwhile are over.
    private func giveUp(_ ids: Set<UInt64>) {
        guard !ids.isEmpty else { return }
        waiting.removeFirst(nextWaiting)
        nextWaiting = 0
        waiting.removeAll { ids.contains($0.id) }
        for slot in slots.indices {
            guard let check = slots[slot].check, check.stage != .leaving, ids.contains(check.job.id) else { continue }
            drop(check, slot, reset: true)
            active -= 1
        }
        for id in ids { _ = mailbox.release(id) }
    }

    private func takeSlot() -> Int? {
        if let slot = free.popLast() { return slot }
        if slots.count < most.connections {
            slots.append(Slot())
            return slots.count - 1
        }
        // Whoever waits for the backend's end alone makes room: our own end is said already.
        guard let slot = slots.firstIndex(where: { $0.check?.stage == .leaving }), let check = slots[slot].check else { return nil }
        drop(check, slot)
        return free.popLast()
    }

    func token(_ slot: Int) -> UInt64 { UInt64(slots[slot].generation) << 32 | UInt64(UInt32(truncatingIfNeeded: slot)) }

    /// A token of which no event can be on its way yet.
    func freshToken(_ slot: Int) -> UInt64 {
        slots[slot].generation &+= 1
        return token(slot)
    }

    /// Tells the verdict. The connection is the caller's to end.
    func tell(_ check: ActiveCheck, _ outcome: CheckOutcome, _ detail: String = "") {
        active -= 1
        guard mailbox.release(check.job.id) else { return }
        let end = Clock.monotonic()
        deliver(
            CheckResult(
                id: check.job.id, outcome: outcome, nanoseconds: end > check.startedAt ? end - check.startedAt : 0, detail: detail))
    }

    /// Closes the connection and gives its place away.
    func drop(_ check: ActiveCheck, _ slot: Int, reset: Bool = false) {
        check.stream.close(reset: reset)
        wheel.cancel(slot)
        slots[slot].generation &+= 1
        slots[slot].check = nil
        free.append(slot)
    }
}
