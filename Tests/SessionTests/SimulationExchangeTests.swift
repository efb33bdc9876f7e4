import Support
import Testing

@testable import Session

@Suite struct SimulationExchangeTests {
    @Test func `thousands of exchanges: one outcome each, in time, a tunnel only for a valid 101, and bodies to the byte`() {
        var seen: [String: Int] = [:]
        for seed in Seeds.upTo(8000) {
            var model = ExchangeModel(seed: seed)
            model.run()
            #expect(model.outcomes.count == 1, "TIDEGATE_SEED=\(seed): \(model.outcomes)")
            let latest = model.isUpgrade ? ExchangeModel.deadline.nanoseconds + 400_000_000 : ExchangeModel.longest.nanoseconds
            #expect(model.endedAt.nanoseconds <= latest || model.isWhole, "TIDEGATE_SEED=\(seed)")
            let isValid = model.request == ExchangeModel.upgrade && model.answer.hasSuffix(ExchangeModel.switching)
            if model.outcomes == [.tunnel] { #expect(isValid, "TIDEGATE_SEED=\(seed): a tunnel without a 101") }
            if model.headLength == 0 { #expect(model.dials == 0, "TIDEGATE_SEED=\(seed): a dial for nothing") }
            if case .answer(let status) = model.outcomes.first { #expect([200, 204, 302, 503].contains(status), "TIDEGATE_SEED=\(seed)") }
            check(model, seed)
            seen["\(model.outcomes)", default: 0] += 1
        }
        guard Seeds.upTo(2).count == 2 else { return }
        let expected: [ExchangeModel.Outcome] = [
            .tunnel, .abandoned, .answer(200), .answer(204), .answer(302), .answer(503), .refused(400), .refused(408), .refused(426),
            .refused(502), .refused(503), .refused(504),
        ]
        for outcome in expected { #expect(seen["\([outcome])", default: 0] > 0, "no run came out as \(outcome): \(seen)") }
    }

    /// What was passed on is a beginning of what was sent, and all of it when it came out well.
    private func check(_ model: ExchangeModel, _ seed: UInt64) {
        let sent = Array(model.request.utf8).dropFirst(model.headLength)
        if !model.isUpgrade { #expect(sent.starts(with: model.bodyToBackend), "TIDEGATE_SEED=\(seed)") }
        let answered = Array(model.answer.utf8).dropFirst(model.answerHeadLength)
        #expect(answered.starts(with: model.bodyToClient), "TIDEGATE_SEED=\(seed)")
        guard model.isWhole else { return }
        let whole = model.answer.hasSuffix("abcdef") ? answered.prefix(3) : answered
        #expect(model.bodyToClient.elementsEqual(whole), "TIDEGATE_SEED=\(seed): an answer that is not whole passed for one")
    }
}
