import Support
import Wire

@testable import Session

/// Drives one exchange through a seeded history, and writes down how it came out.
struct ExchangeModel {
    enum Outcome: Equatable { case tunnel, answer(UInt16), refused(UInt16), abandoned }

    static let upgrade =
        "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    static let switching =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    static let plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    static let upload = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n" + String(repeating: "u", count: 40)
    static let chunkedUpload =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n" + String(repeating: "c", count: 20) + "\r\n0\r\nX: y\r\n\r\n"
    static let brokenUpload = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcdeXX0\r\n\r\n"
    static let requests = [
        upgrade, upgrade, upgrade, plain, plain, upload, chunkedUpload, brokenUpload, "GET / HTTP/1.1\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\n\r\n",
        upgrade.replacing("Version: 13", with: "Version: 12"), "\u{16}\u{3}\u{1}", upgrade.replacing("GET", with: "POST"),
    ]
    /// The first alone is a valid 101 to that key.
    static let answers = [
        switching, switching, switching, switching.replacing("xOo=", with: "xOx="), switching.replacing("Upgrade: websocket", with: "Upgrade: h2c"),
        switching.replacing("HTTP/1.1", with: "HTTP/1.0"),
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef",
        "HTTP/1.1 302 Found\r\nUpgrade: websocket\r\n\r\nto the end",
        "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "SSH-2.0-x\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n" + switching,
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", "",
    ]

    private let exchange: Exchange
    private var random: SeededRandom
    private(set) var outcomes: [Outcome] = []
    private(set) var request: String
    private(set) var answer: String
    private(set) var dials = 0
    private(set) var endedAt = Moment(nanoseconds: 0)
    /// What was passed on, framing included.
    private(set) var bodyToBackend: [UInt8] = []
    private(set) var bodyToClient: [UInt8] = []
    private(set) var headLength = 0
    private(set) var answerHeadLength = 0
    /// The answer's body came to its end, by its framing or with its connection.
    private(set) var isWhole = false
    private var status: UInt16 = 0
    private var isKept: Bool
    private var now = Moment(nanoseconds: 0)
    static let deadline = Moment(nanoseconds: 10_000_000_000)
    /// No plain exchange lives longer: its head, its dials, its body, its answer.
    static let longest = Moment(nanoseconds: 40_000_000_000)
    private static let second = Moment.Span(nanoseconds: 1_000_000_000)

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        let rules = ExchangeRules(
            handshake: .init(nanoseconds: 10_000_000_000), response: Self.second, body: Self.second, halfClose: Self.second)
        exchange = Exchange(rules: rules, deadline: Self.deadline)
        request = Self.requests[random.below(Self.requests.count)]
        answer = Self.answers[random.below(Self.answers.count)]
        isKept = random.chance(percent: 30)
    }

    var isUpgrade: Bool { request.contains("websocket") }

    mutating func run() {
        let stalls = random.chance(percent: 5)
        let slow = stalls || random.chance(percent: 20)
        let fromClient = Array(request.utf8) + (isUpgrade ? random.bytes(random.below(20)) : [])
        let fromBackend = Array(answer.utf8)
        var shown = (client: 0, body: 0, backend: 0, used: 0)
        for _ in 0..<4000 where outcomes.isEmpty {
            pass(UInt64(random.below(slow ? 400_000_000 : 5_000_000)))
            guard outcomes.isEmpty else { break }
            if case .awaitingHead = exchange.stage {
                shown.client = min(stalls ? 30 : fromClient.count, shown.client + random.below(40))
                take(exchange.clientSent(Array(fromClient.prefix(shown.client)).span, now: now))
                shown.body = headLength
                continue
            }
            if !exchange.isRequestComplete, shown.body < fromClient.count, random.chance(percent: stalls ? 1 : 60) {
                let part = Array(fromClient[shown.body..<min(fromClient.count, shown.body + 1 + random.below(12))])
                shown.body += part.count
                pass(part)
                guard outcomes.isEmpty else { break }
            }
            switch exchange.stage {
            case .dialing:
                switch random.below(10) {
                case 0..<3: exchange.connected(now: now)
                case 3: dialNext()
                default: break
                }
            case .awaitingAnswer:
                shown.backend = min(fromBackend.count, shown.backend + random.below(40))
                let bytes = Array(fromBackend[shown.used..<shown.backend])
                let action = exchange.backendSent(bytes.span, expectedAccept: Array("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".utf8), now: now)
                switch action {
                case .skip(let count): shown.used += count
                case .relayInterim(let head): shown.used += head.length
                case .relayAnswer(let head):
                    shown.used += head.length
                    shown.backend = shown.used
                    answerHeadLength = shown.used
                    status = head.status
                    relay([])
                default: take(action)
                }
                if outcomes.isEmpty, shown.backend == fromBackend.count, random.chance(percent: 2) {
                    take(exchange.backendEnded(wasKept: isKept, now: now))
                    isKept = false
                }
            case .relayingAnswer:
                let part = Array(fromBackend[shown.backend..<min(fromBackend.count, shown.backend + 1 + random.below(5))])
                shown.backend += part.count
                relay(part)
                if outcomes.isEmpty, part.isEmpty, random.chance(percent: 10) {
                    if case .abandon(let reason) = exchange.backendEnded(now: now), reason.description == "complete" {
                        finish()
                    } else {
                        outcomes.append(.abandoned)
                    }
                }
            case .awaitingHead, .over: break
            }
            if outcomes.isEmpty, random.chance(percent: 1) { take(exchange.clientEnded(politely: random.chance(percent: 50), now: now)) }
        }
        endedAt = now
    }

    private mutating func pass(_ nanoseconds: UInt64) {
        now = now.after(.init(nanoseconds: nanoseconds))
        if exchange.nextDeadline() <= now { take(exchange.expired(now: now)) }
    }

    private mutating func pass(_ part: [UInt8]) {
        switch exchange.requestBytes(part.span, now: now) {
        case .more(let count), .done(let count): bodyToBackend += part.prefix(count)
        case .broken: take(exchange.refuse(Refusal(400, "bad_chunk_size"), nil))
        }
    }

    private mutating func relay(_ part: [UInt8]) {
        switch exchange.answerBytes(part.span, now: now) {
        case .more(let count): bodyToClient += part.prefix(count)
        case .done(let count):
            bodyToClient += part.prefix(count)
            finish()
        case .broken: outcomes.append(.abandoned)
        }
    }

    private mutating func finish() {
        isWhole = true
        outcomes.append(.answer(status))
    }

    private mutating func dialNext() {
        dials += 1
        guard dials < 4 else { return take(exchange.refuse(Refusal(503, "connect_failed"), nil)) }
        exchange.dialing(until: now.after(.init(nanoseconds: 3_000_000_000)))
    }

    private mutating func take(_ action: Exchange.Action) {
        switch action {
        case .wait, .skip, .relayInterim, .relayAnswer, .say: break
        case .route(let head, _):
            headLength = head.length
            dialNext()
        case .dialNext, .retry: dialNext()
        case .openTunnel: outcomes.append(.tunnel)
        case .refuse(let refusal, _): outcomes.append(.refused(refusal.status))
        case .abandon: outcomes.append(.abandoned)
        }
    }
}
