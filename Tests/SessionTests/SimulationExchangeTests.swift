import Support
import Testing

@testable import Session

@Suite struct SimulationExchangeTests {
    @Test func `thousands of exchanges: one outcome each, in time, and a tunnel only for a valid handshake and a valid 101`() {
        var seen: [String: Int] = [:]
        for seed in Seeds.upTo(5000) {
            var model = ExchangeModel(seed: seed)
            model.run()
            #expect(model.outcomes.count == 1, "TIDEGATE_SEED=\(seed): \(model.outcomes)")
            #expect(model.endedAt.nanoseconds <= ExchangeModel.deadline.nanoseconds + 400_000_000, "TIDEGATE_SEED=\(seed)")
            let isValid = model.request == ExchangeModel.upgrade && model.answer.hasSuffix(ExchangeModel.switching)
            if model.outcomes == [.tunnel] { #expect(isValid, "TIDEGATE_SEED=\(seed): a tunnel without a 101") }
            if model.request != ExchangeModel.upgrade { #expect(model.dials == 0, "TIDEGATE_SEED=\(seed): a dial for nothing") }
            if case .answer(let status) = model.outcomes.first { #expect([200, 302, 503].contains(status), "TIDEGATE_SEED=\(seed)") }
            seen["\(model.outcomes)", default: 0] += 1
        }
        guard Seeds.upTo(2).count == 2 else { return }
        let expected: [ExchangeModel.Outcome] = [
            .tunnel, .plain, .abandoned, .answer(200), .answer(302), .refused(400), .refused(408), .refused(426), .refused(502), .refused(503),
            .refused(504),
        ]
        for outcome in expected { #expect(seen["\([outcome])", default: 0] > 0, "no run came out as \(outcome): \(seen)") }
    }
}
