import Testing

@testable import BenchCore

struct LatencyWindowTests {
    private func window() -> LatencyWindow {
        var window = LatencyWindow()
        window.open(from: 1000, to: 2000)
        return window
    }

    @Test func `only what should have begun in the window counts, though it ends behind it`() {
        var window = window()
        for intended in [999, 1000, 1999, 2000] as [UInt64] {
            window.began(intended: intended)
            window.ended(intended: intended, at: 5000)
        }
        #expect(window.begun == 2 && window.histogram.total == 2 && window.missing == 0)
        #expect(window.histogram.largest == 4000)
    }

    @Test func `nothing counts before the window was opened`() {
        var window = LatencyWindow()
        window.began(intended: 1500)
        window.ended(intended: 1500, at: 1600)
        #expect(window.begun == 0 && window.histogram.total == 0)
    }

    @Test func `what never ends counts with the least that its latency can be`() {
        var window = window()
        window.began(intended: 1100)
        window.began(intended: 1200)
        window.ended(intended: 1100, at: 1101)
        #expect(window.missing == 1)
        #expect(window.giveUp(at: 9000) == 1)
        #expect(window.histogram.largest == 7000 && window.missing == 0)
    }
}
