import Support
import Wire

@testable import Session

/// One check driven by hand: what it sent, and how it ended.
struct CheckConversation {
    private(set) var exchange: CheckExchange
    private(set) var sent: [UInt8] = []
    /// Bytes of the request in `sent`.
    private var request = 0
    /// The first action that is neither `send` nor `wait`. The farewell of `passed` has all that was said after the request.
    private(set) var verdict: CheckExchange.Action?

    /// The answer that every handshake here asks for.
    static let accept = Array("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".utf8)

    /// Begins with what the seed makes random, so that all conversations ask alike.
    init(_ plan: CheckPlan, connects: Bool = true) {
        var random = SeededRandom(seed: 7)
        exchange = CheckExchange(plan, accept: { _ in Self.accept }, using: &random)
        if connects { take(exchange.connected()) }
        request = sent.count
    }

    mutating func hear(_ bytes: some Collection<UInt8>) { take(exchange.received(Array(bytes).span)) }

    mutating func end() { take(exchange.ended()) }

    private mutating func take(_ action: CheckExchange.Action) {
        switch action {
        case .send(let bytes): sent += bytes
        case .wait: break
        case .passed(let farewell): if verdict == nil { verdict = .passed(farewell: sent.dropFirst(request) + farewell) }
        default: if verdict == nil { verdict = action }
        }
    }

    /// The verdict on `answer`, and then perhaps the connection's end, for each place in which it may be cut in two, and for single
    /// bytes: one element if they all agree.
    static func verdicts(_ plan: CheckPlan, _ answer: [UInt8], ends: Bool = false) -> [CheckExchange.Action?] {
        var seen: [CheckExchange.Action?] = []
        func add(_ pieces: [ArraySlice<UInt8>]) {
            var conversation = CheckConversation(plan)
            for piece in pieces { conversation.hear(piece) }
            if ends { conversation.end() }
            if !seen.contains(conversation.verdict) { seen.append(conversation.verdict) }
        }
        for place in 0...answer.count { add([answer[..<place], answer[place...]]) }
        add(answer.indices.map { answer[$0...$0] })
        return seen
    }

    static func verdicts(_ plan: CheckPlan, _ answer: String, ends: Bool = false) -> [CheckExchange.Action?] {
        verdicts(plan, Array(answer.utf8), ends: ends)
    }
}
