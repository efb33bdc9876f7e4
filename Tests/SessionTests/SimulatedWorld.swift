import Support
import Testing

@testable import Session

/// A client, a backend and the machine between them, moved by one seeded die.
struct SimulatedWorld {
    let seed: UInt64
    var random: SeededRandom
    var driver: ModelDriver
    var peers: PerSide<SimulatedPeer>
    /// How much of each peer's script the proxy has read.
    private(set) var read = PerSide(0)
    private var firstReason: CloseReason?
    private(set) var problems: [String] = []
    private let rules: TunnelRules

    init(seed: UInt64) {
        self.seed = seed
        var random = SeededRandom(seed: seed)
        rules = TunnelRules.test(
            idle: random.chance(percent: 20) ? 40 : nil, close: 5, halfClose: random.chance(percent: 50) ? 30 : 3,
            ping: random.chance(percent: 60) ? 10 : nil, timeout: 4,
            maximumMessage: random.chance(percent: 15) ? 2000 : .max)
        driver = ModelDriver(rules: rules, now: Moment(nanoseconds: 1_000_000_000))
        peers = PerSide(SimulatedPeer(.client, &random))
        peers.backend = SimulatedPeer(.backend, &random)
        self.random = random
    }

    mutating func run() {
        let trouble = random.below(4)
        for _ in 0..<(50 + random.below(250)) where !driver.isFinished { step(trouble: trouble) }
        // Whatever happened, from now on it must end by itself.
        if !driver.isFinished, driver.relaying.reason == nil {
            told("drain", expect: { $0.party == .proxy && $0.cause == .drain }) { $0.driver.close(.drain) }
        }
        let readsAgain = random.chance(percent: 70)
        for _ in 0..<200 where !driver.isFinished {
            for side in Side.allCases {
                if readsAgain { setWindow(side, .max) }
                react(side)
                transfer(side, 1 << 20)
            }
            pass(nanoseconds: UInt64(1 + random.below(1_000_000_000)))
        }
        checkEnd()
    }

    private mutating func step(trouble: Int) {
        let side: Side = random.chance(percent: 50) ? .client : .backend
        switch random.below(100) {
        case 0..<20: peers[side].speak(&random)
        case 20..<55: transfer(side, 1 + random.below(random.chance(percent: 30) ? 4 : 4000))
        case 55..<70: setWindow(side, random.chance(percent: 40) ? .max : random.below(600))
        case 70..<82: react(side)
        case 82..<96: pass(nanoseconds: UInt64(random.below(random.chance(percent: 8) ? 60_000_000_000 : 2_000_000_000)))
        case 96: if trouble > 0 { peers[side].sayClose(1000 + UInt16(random.below(12))) }
        case 97: if trouble > 1 { end(side, [Half.Ending.fin, .reset, .truncated, .tlsFailed][random.below(4)]) }
        case 98: if trouble == 3 { peers[side].sayGarbage(&random) }
        default: if trouble > 0 { drain() }
        }
    }

    private mutating func drain() {
        let cause: CloseReason.Cause = [.drain, .routeRemoved, .backendRemoved][random.below(3)]
        told("drain", expect: { $0.party == .proxy && $0.cause == cause }) { $0.driver.close(cause) }
    }

    private mutating func transfer(_ side: Side, _ most: Int) {
        guard driver.reads(from: side) else { return }
        let piece = peers[side].takeFromOutbox(most)
        if !piece.isEmpty {
            read[side] += piece.count
            told("bytes", expect: { $0.cause == .messageTooBig || ($0.cause == .peerClosed && $0.party == Self.party(side)) }) {
                $0.driver.receive(side, piece)
            }
        }
        let closed = peers[side].hasSentClose && peers[side].hasSeenClose && side == .backend
        let follows = driver.finReached(side) && peers[side].followsFin
        if peers[side].outbox.isEmpty, closed || follows, driver.reads(from: side) { end(side, .fin) }
    }

    private mutating func end(_ side: Side, _ ending: Half.Ending) {
        guard driver.reads(from: side) || ending == .reset else { return }
        told("end", expect: { $0.party == Self.party(side) }) { $0.driver.end(side, ending) }
    }

    private mutating func setWindow(_ side: Side, _ bytes: Int) {
        told("window", expect: { _ in false }) { $0.driver.setWindow(side, bytes) }
    }

    private mutating func react(_ side: Side) { peers[side].react(to: driver.delivered(side)) }

    private mutating func pass(nanoseconds: UInt64) {
        told("time", expect: { ($0.cause == .pingTimeout && $0.party != .proxy) || ($0.cause == .idle && $0.party == .proxy) }) {
            $0.driver.advance(to: Moment(nanoseconds: $0.driver.now.nanoseconds + nanoseconds))
        }
    }

    private static func party(_ side: Side) -> CloseReason.Party { side == .client ? .client : .backend }

    /// Every event goes through here: the first reason must fit the event that brought it, and stands for good.
    private mutating func told(_ event: String, expect: (CloseReason) -> Bool, _ body: (inout SimulatedWorld) -> Void) {
        let was = driver.relaying.reason
        body(&self)
        if let reason = driver.relaying.reason {
            if was == nil {
                if !expect(reason) { problems.append("\(event) made \(reason)") }
                firstReason = reason
            } else if reason != firstReason {
                problems.append("\(event) changed the reason to \(reason)")
            }
        }
        if driver.restless > 0 { problems.append("\(event): attention is wanted for ever") }
        if !driver.isFinished, driver.relaying.nextCheck(now: driver.now) <= driver.now {
            problems.append("\(event): the next check lies in the past")
        }
    }

    private mutating func checkEnd() {
        guard driver.isFinished else { return problems.append("it never ends") }
        let patience = max(rules.close.nanoseconds, rules.halfClose.nanoseconds)
        if let reasonAt = driver.reasonAt, driver.now.since(reasonAt) > patience {
            problems.append("it ended \(driver.now.since(reasonAt)) ns after its reason")
        }
        for side in Side.allCases { problems += StreamCheck(self, from: side).problems }
    }
}
