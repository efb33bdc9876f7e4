import Support
import Wire

@testable import Session

/// Drives one exchange through a seeded history, and writes down how it came out.
struct ExchangeModel {
    enum Outcome: Equatable { case tunnel, answer(UInt16), refused(UInt16), plain, abandoned }

    static let upgrade =
        "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    static let switching =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    static let requests = [
        upgrade, upgrade, upgrade, upgrade, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\n\r\n",
        upgrade.replacing("Version: 13", with: "Version: 12"), "\u{16}\u{3}\u{1}", upgrade.replacing("GET", with: "POST"),
    ]
    /// The first alone is a valid 101 to that key.
    static let answers = [
        switching, switching, switching.replacing("xOo=", with: "xOx="), switching.replacing("Upgrade: websocket", with: "Upgrade: h2c"),
        switching.replacing("HTTP/1.1", with: "HTTP/1.0"),
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 302 Found\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "SSH-2.0-x\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n" + switching, "",
    ]

    private var exchange: Exchange
    private var random: SeededRandom
    private(set) var outcomes: [Outcome] = []
    private(set) var request: String
    private(set) var answer: String
    private(set) var dials = 0
    private(set) var endedAt = Moment(nanoseconds: 0)
    private var now = Moment(nanoseconds: 0)
    static let deadline = Moment(nanoseconds: 10_000_000_000)

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        exchange = Exchange(limits: HeadLimits(), deadline: Self.deadline)
        request = Self.requests[random.below(Self.requests.count)]
        answer = Self.answers[random.below(Self.answers.count)]
    }

    mutating func run() {
        let stalls = random.chance(percent: 5)
        let slow = stalls || random.chance(percent: 20)
        let fromClient = Array(request.utf8) + random.bytes(random.below(20))
        let fromBackend = Array(answer.utf8)
        var shown = (client: 0, backend: 0, used: 0)
        for _ in 0..<2000 where outcomes.isEmpty {
            pass(UInt64(random.below(slow ? 400_000_000 : 5_000_000)))
            guard outcomes.isEmpty else { break }
            switch exchange.stage {
            case .awaitingHead:
                shown.client = min(stalls ? 30 : fromClient.count, shown.client + random.below(40))
                take(exchange.clientSent(Array(fromClient.prefix(shown.client)).span))
            case .dialing:
                switch random.below(10) {
                case 0..<3: exchange.connected()
                case 3: dialNext()
                default: break
                }
            case .awaitingAnswer:
                shown.backend = min(fromBackend.count, shown.backend + random.below(40))
                let bytes = Array(fromBackend[shown.used..<shown.backend])
                let action = exchange.backendSent(bytes.span, expectedAccept: Array("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".utf8))
                if case .skip(let count) = action { shown.used += count } else { take(action) }
                if outcomes.isEmpty, shown.backend == fromBackend.count, random.chance(percent: 2) { take(exchange.backendEnded()) }
            case .relayingAnswer, .over: break
            }
            if outcomes.isEmpty, random.chance(percent: 1) { take(exchange.clientEnded()) }
        }
        endedAt = now
    }

    private mutating func pass(_ nanoseconds: UInt64) {
        now = now.after(.init(nanoseconds: nanoseconds))
        if exchange.nextDeadline <= now { take(exchange.expired(now: now, hasBytes: true)) }
    }

    private mutating func dialNext() {
        dials += 1
        guard dials < 4 else { return take(exchange.refuse(Refusal(503, "connect_failed"), nil)) }
        exchange.dialing(until: now.after(.init(nanoseconds: 3_000_000_000)))
    }

    private mutating func take(_ action: Exchange.Action) {
        switch action {
        case .wait, .skip: break
        case .route, .dialNext: dialNext()
        case .plain: outcomes.append(.plain)
        case .openTunnel: outcomes.append(.tunnel)
        case .relayAnswer(let head): outcomes.append(.answer(head.status))
        case .refuse(let refusal, _): outcomes.append(.refused(refusal.status))
        case .abandon: outcomes.append(.abandoned)
        }
    }
}
