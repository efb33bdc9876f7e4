import Support
import Testing

@testable import Session

@Suite struct SimulationRelayingTests {
    /// With `TIDEGATE_SEED=n` only run n is made.
    @Test func `thousands of tunnels: every byte once and in order, nothing inside a frame, nothing behind a close, and an end in time`() {
        var reasons: [String: Int] = [:]
        for seed in Seeds.upTo(3000) {
            var world = SimulatedWorld(seed: seed)
            world.run()
            for problem in world.problems { Issue.record("TIDEGATE_SEED=\(seed): \(problem)") }
            if let reason = world.driver.relaying.reason { reasons["\(reason.party) \(reason.cause)", default: 0] += 1 }
            if !world.problems.isEmpty { break }
        }
        // The die must reach every kind of end, or the run above proves less than it says.
        guard Seeds.upTo(2).count == 2 else { return }
        for expected in ["client peerClosed", "backend peerClosed", "client ended", "backend reset", "client truncated", "proxy drain",
            "proxy idle", "proxy messageTooBig", "backend pingTimeout", "client pingTimeout", "proxy routeRemoved"]
        {
            #expect(reasons[expected, default: 0] > 0, "no run ended with \(expected): \(reasons)")
        }
    }
}
