/// Deadlines, one per index, on a wheel of about 17 ms ticks.
///
/// Coarse on purpose: an entry fires up to one tick late, never early. An entry further away than one turn of the wheel
/// stays in its slot and is passed over until its turn comes. Scheduling, moving and cancelling are constant time.
public struct TimerWheel: ~Copyable {
    private static let shift: UInt64 = 24
    private static let slotCount = 1024
    private static let none: Int32 = -1

    private struct Entry {
        var due: UInt64 = 0
        var next: Int32 = TimerWheel.none
        var previous: Int32 = TimerWheel.none
        var isScheduled = false
    }

    // Memory of its own instead of arrays: each step from one entry to the next would ask whether somebody else holds them.
    private let heads: UnsafeMutableBufferPointer<Int32>
    // `var`, though it never changes: Swift 6.3 under ThreadSanitizer fails to compile `|=` on what a `let` points to.
    private var occupied: UnsafeMutableBufferPointer<UInt64>
    private var entries = UnsafeMutableBufferPointer<Entry>(start: nil, count: 0)
    private var current: UInt64

    /// - Parameter now: monotonic nanoseconds.
    public init(now: UInt64) {
        current = now >> Self.shift
        heads = .allocate(capacity: Self.slotCount)
        heads.initialize(repeating: Self.none)
        occupied = .allocate(capacity: Self.slotCount / 64)
        occupied.initialize(repeating: 0)
    }

    deinit {
        heads.deallocate()
        occupied.deallocate()
        entries.deallocate()
    }

    /// Sets the one deadline of `index`, replacing an earlier one. `.max` cancels.
    public mutating func schedule(_ index: Int, at deadline: UInt64) {
        guard index >= 0, index < Int(Int32.max) else { return }
        if index >= entries.count { makeRoom(for: index) }
        if entries[index].isScheduled { unlink(index) }
        guard deadline != .max else { return }
        // The tick after the deadline's own, so that nothing fires early.
        let due = max((deadline >> Self.shift) + 1, current + 1)
        let slot = Self.slot(due)
        entries[index] = Entry(due: due, next: heads[slot], previous: Self.none, isScheduled: true)
        if heads[slot] != Self.none { entries[Int(heads[slot])].previous = Int32(index) }
        heads[slot] = Int32(index)
        occupied[slot >> 6] |= 1 << UInt64(slot & 63)
    }

    public mutating func cancel(_ index: Int) {
        if index >= 0, index < entries.count, entries[index].isScheduled { unlink(index) }
    }

    /// Appends every index whose deadline has passed, and forgets it.
    public mutating func advance(to now: UInt64, expired: inout [Int]) {
        let target = now >> Self.shift
        guard target > current else { return }
        // After a long sleep one full turn sees every slot.
        let first = target - current > UInt64(Self.slotCount) ? target - UInt64(Self.slotCount) + 1 : current + 1
        for tick in first...target {
            let slot = Self.slot(tick)
            guard occupied[slot >> 6] & (1 << UInt64(slot & 63)) != 0 else { continue }
            collect(slot, until: target, expired: &expired)
        }
        current = target
    }

    /// Milliseconds until a slot with entries comes up; nil with none at all.
    public func wait(now: UInt64) -> Int32? {
        let start = current + 1
        for step in 0..<(Self.slotCount / 64 + 1) {
            let base = start + UInt64(step * 64)
            let slot = Self.slot(base)
            // The word's bits from `slot` on, then (in the next step) the following word.
            let offset = UInt64(slot & 63)
            let aligned = base - (step == 0 ? 0 : offset)
            let bits = step == 0 ? occupied[slot >> 6] >> offset : occupied[Self.slot(aligned) >> 6]
            guard bits != 0 else { continue }
            let due = (aligned + UInt64(bits.trailingZeroBitCount)) << Self.shift
            guard due > now else { return 0 }
            return Int32(truncatingIfNeeded: min((due - now) / 1_000_000 + 1, 60_000))
        }
        return nil
    }

    private mutating func makeRoom(for index: Int) {
        let larger = UnsafeMutableBufferPointer<Entry>.allocate(capacity: max(index + 1, 2 * entries.count))
        let moved = larger.moveInitialize(fromContentsOf: entries)
        larger[moved...].initialize(repeating: Entry())
        entries.deallocate()
        entries = larger
    }

    private mutating func collect(_ slot: Int, until target: UInt64, expired: inout [Int]) {
        var index = heads[slot]
        while index != Self.none {
            let entry = entries[Int(index)]
            if entry.due <= target {
                unlink(Int(index))
                expired.append(Int(index))
            }
            index = entry.next
        }
    }

    private mutating func unlink(_ index: Int) {
        let entry = entries[index]
        let slot = Self.slot(entry.due)
        if entry.previous != Self.none {
            entries[Int(entry.previous)].next = entry.next
        } else {
            heads[slot] = entry.next
            if entry.next == Self.none { occupied[slot >> 6] &= ~(1 << UInt64(slot & 63)) }
        }
        if entry.next != Self.none { entries[Int(entry.next)].previous = entry.previous }
        entries[index].isScheduled = false
    }

    private static func slot(_ tick: UInt64) -> Int { Int(tick % UInt64(slotCount)) }
}
