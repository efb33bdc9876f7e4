import Testing

@testable import Supervisor

@Suite struct WatchTests {
    @Test func `the worker that has stood still longest decides`() {
        var watch = HeartbeatWatch()
        watch.observe([1, 1], now: 100)
        #expect(watch.allTurned(now: 100) == 100)
        watch.observe([2, 1], now: 200)
        #expect(watch.allTurned(now: 200) == 100)
        watch.observe([3, 2], now: 300)
        #expect(watch.allTurned(now: 300) == 300)
        // A counter that wrapped has moved too.
        watch.observe([0, 2], now: 400)
        #expect(watch.allTurned(now: 400) == 300)
    }

    @Test func `without workers nothing stands still`() {
        #expect(HeartbeatWatch().allTurned(now: 7) == 7)
    }

    @Test func `a drain is over after its period, the time for an answer, and a second`() {
        let drain = DrainProgress(now: 5, period: .seconds(30), close: .milliseconds(1500))
        #expect(drain.deadline == 5 + 32_500_000_000)
        #expect(drain.remaining(now: 5) == 32_500_000_000)
        #expect(drain.remaining(now: .max) == 0)
        #expect(drain.elapsed(now: 4) == 0)
    }

    @Test func `a drain of for ever does not overflow`() {
        let drain = DrainProgress(now: .max - 1, period: .seconds(Int64.max), close: .seconds(Int64.max))
        #expect(drain.deadline == .max)
        #expect(Duration.seconds(-1).nanoseconds == 0)
    }

    @Test func `the pause ends when the next thing is due`() {
        var pulse = Pulse()
        #expect(pulse.pause(now: 0, watchdog: false, isDraining: false) == 1)
        pulse.watchAt = 300_000_000
        pulse.reportAt = 2_000_000_000
        #expect(pulse.pause(now: 0, watchdog: false, isDraining: false) == 300)
        #expect(pulse.pause(now: 0, watchdog: true, isDraining: false) == 1)
        pulse.resolveAt = 200_000_000
        #expect(pulse.pause(now: 0, watchdog: false, isDraining: false) == 200)
        pulse.resolveAt = .max
        #expect(pulse.pause(now: 0, watchdog: false, isDraining: true) == 20)
        #expect(Pulse.isDue(&pulse.watchAt, every: 10, now: 299_999_999) == false)
        #expect(Pulse.isDue(&pulse.watchAt, every: 10, now: 300_000_000))
        #expect(pulse.watchAt == 300_000_010)
    }

    @Test(arguments: [
        ("Name:\tx\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3\n", 4),
        ("Cpus_allowed:\t00000000,00000003\n", 2), ("Cpus_allowed:\tff,ffffffff\n", 40),
    ]) func `processors are counted by the affinity mask`(status: String, count: Int) {
        #expect(Processors.allowed(in: status) == count)
        #expect(Processors.allowed(in: "Name:\tx\n") == nil)
    }
}
