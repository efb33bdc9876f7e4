import Support
import Testing

@testable import Transport

@Suite struct TimerWheelTests {
    /// One tick of the wheel in nanoseconds.
    private static let tick: UInt64 = 1 << 24

    private func advance(_ wheel: inout TimerWheel, to now: UInt64) -> [Int] {
        var expired: [Int] = []
        wheel.advance(to: now, expired: &expired)
        return expired.sorted()
    }

    @Test func `an entry never fires early, and at most a tick late`() {
        for deadline in [1, Self.tick - 1, Self.tick, Self.tick + 1, 1000 * Self.tick + 5, 1024 * Self.tick, 5000 * Self.tick + 77] {
            var wheel = TimerWheel(now: 0)
            wheel.schedule(3, at: deadline)
            #expect(advance(&wheel, to: deadline).isEmpty, "deadline \(deadline)")
            #expect(advance(&wheel, to: deadline + Self.tick) == [3], "deadline \(deadline)")
            #expect(advance(&wheel, to: deadline + 3000 * Self.tick).isEmpty, "deadline \(deadline)")
        }
    }

    @Test func `a deadline in the past fires at the next tick`() {
        var wheel = TimerWheel(now: 100 * Self.tick)
        wheel.schedule(0, at: 5)
        #expect(advance(&wheel, to: 100 * Self.tick + 1).isEmpty)
        #expect(advance(&wheel, to: 101 * Self.tick) == [0])
    }

    @Test func `a new deadline replaces the old one, and the end of time cancels`() {
        var wheel = TimerWheel(now: 0)
        wheel.schedule(1, at: 10 * Self.tick)
        wheel.schedule(1, at: 20 * Self.tick)
        wheel.schedule(2, at: 10 * Self.tick)
        wheel.schedule(2, at: .max)
        wheel.schedule(4, at: 10 * Self.tick)
        wheel.cancel(4)
        wheel.cancel(4)
        wheel.cancel(400)
        #expect(advance(&wheel, to: 15 * Self.tick).isEmpty)
        #expect(advance(&wheel, to: 22 * Self.tick) == [1])
        #expect(wheel.wait(now: 22 * Self.tick) == nil)
    }

    @Test func `entries of one slot but different turns of the wheel keep their own time`() {
        var wheel = TimerWheel(now: 0)
        for turn in 0..<4 { wheel.schedule(turn, at: UInt64(5 + 1024 * turn) * Self.tick) }
        for turn in 0..<4 {
            #expect(advance(&wheel, to: UInt64(5 + 1024 * turn) * Self.tick).isEmpty)
            #expect(advance(&wheel, to: UInt64(6 + 1024 * turn) * Self.tick) == [turn])
        }
    }

    @Test func `after a sleep of many turns everything that passed fires once`() {
        var wheel = TimerWheel(now: 0)
        for index in 0..<3000 { wheel.schedule(index, at: UInt64(index) * 3 * Self.tick) }
        #expect(advance(&wheel, to: 5000 * Self.tick) == (0..<3000).filter { index in index * 3 < 5000 })
        #expect(advance(&wheel, to: 20_000 * Self.tick).count == 3000 - 1667)
    }

    @Test func `an absurd deadline or index is kept or ignored without a trap`() {
        var wheel = TimerWheel(now: 0)
        wheel.schedule(0, at: .max - 1)
        wheel.schedule(-1, at: 5)
        wheel.cancel(-1)
        #expect(advance(&wheel, to: 100_000 * Self.tick).isEmpty)
    }

    @Test func `against a sorted model: never early, at most a tick late, and no sleep past the next one`() {
        for seed in Seeds.upTo(60) {
            var random = SeededRandom(seed: seed)
            var now = UInt64(random.below(1 << 40))
            var wheel = TimerWheel(now: now)
            var model: [Int: UInt64] = [:]
            for _ in 0..<400 {
                let index = random.below(40)
                switch random.below(10) {
                case 0..<5:
                    let far = random.chance(percent: 20) ? 1 << 36 : 1 << 30
                    model[index] = now + UInt64(random.below(far))
                    wheel.schedule(index, at: model[index] ?? 0)
                case 5:
                    model[index] = nil
                    wheel.cancel(index)
                default:
                    guard let wait = wheel.wait(now: now) else {
                        #expect(model.isEmpty, "TIDEGATE_SEED=\(seed)")
                        continue
                    }
                    let due = (model.values.min() ?? 0) + Self.tick
                    #expect(!model.isEmpty && now + UInt64(wait) * 1_000_000 <= max(due, now) + 1_000_000, "TIDEGATE_SEED=\(seed)")
                    // Sometimes the loop is busy and comes late.
                    now += random.chance(percent: 80) ? UInt64(wait) * 1_000_000 : UInt64(random.below(1 << 35))
                    let fired = advance(&wheel, to: now)
                    #expect(Set(fired).count == fired.count && fired.allSatisfy { model[$0].map { $0 < now } ?? false }, "TIDEGATE_SEED=\(seed)")
                    for index in fired { model[index] = nil }
                    #expect(model.values.allSatisfy { $0 + Self.tick > now }, "TIDEGATE_SEED=\(seed)")
                }
            }
        }
    }
}
