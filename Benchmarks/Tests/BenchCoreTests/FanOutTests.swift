import Testing

@testable import BenchCore

struct FanOutTests {
    @Test func `it begins an interval after enough tunnels are there and keeps to its schedule`() {
        var fanOut = FanOut(tunnels: 2, interval: 100, bytes: 32)
        #expect(fanOut.wait(opened: 1, now: 1000) == -1)
        #expect(fanOut.wait(opened: 2, now: 1000) == 100)
        #expect(fanOut.wait(opened: 2, now: 1150) == 0)
        _ = fanOut.frame(now: 1150)
        // Late as it was, the next is due where it would have been.
        #expect(fanOut.wait(opened: 2, now: 1150) == 50)
    }

    @Test func `every frame says which it is and when it went out`() throws {
        var fanOut = FanOut(tunnels: 1, interval: 100, bytes: 32)
        for sequence in 1 ... 3 as ClosedRange<UInt64> {
            let frame = fanOut.frame(now: sequence * 10)
            #expect(frame.count == 2 + 32)
            #expect(Stamp(Array(frame[2 ..< 2 + Stamp.size])) == Stamp(sequence: sequence, sentAt: sequence * 10))
        }
    }
}
