import Balancing
import Session
import Telemetry
import Transport
import Wire

/// What a session needs while it is no tunnel: the exchange under way, and what was read beyond it. A tunnel has none of it.
final class ExchangeState {
    let exchange: Exchange
    /// The configuration that routes the request; until then the one that it may be routed by if its listener is gone.
    var snapshot: Snapshot
    /// What the client has sent; from `inputStart` on nobody has used it: a head that is not whole, early data of an upgrade, the
    /// next requests.
    private(set) var input: [UInt8]
    private(set) var inputStart: Int
    /// The client's address as text, once somebody has asked.
    var clientAddress: [UInt8] = []
    /// When the worker's wheel will ask for this session again.
    var armedAt: Moment
    /// Over `limits.max_connections`: heard, and answered with 503.
    var isSurplus = false

    // MARK: The request

    var head: RequestHead?
    var headAt = Moment(nanoseconds: 0)
    /// What the backend must answer to the client's key.
    var expectedAccept: [UInt8] = []
    var context: ForwardingContext?
    /// Ours, or what a trusted peer called it.
    var requestID: RequestID?
    /// The request's body, as far as it came before a backend was there.
    var body: [UInt8] = []
    /// The backend takes no more of the request; it may still have an answer.
    var isBackendDeaf = false

    // MARK: The backend

    private(set) var route: RouteRuntime?
    /// The route's, for event streams.
    private(set) var comment = Moment.Span.unbounded
    /// Nil in a pool of one.
    var candidates: Candidates?
    /// Nil in pools that look at neither keys nor cookies.
    var placing: Placing?
    /// Backends that were tried.
    var attempts = 0
    /// Those among them that were given the request.
    var asked = 0
    /// Why nobody (else) is left, once that is so.
    var shortage: Candidates.Shortage?
    /// The backend of the pool that is tried, and which of its addresses comes next.
    var target: (backend: Int, address: Int)?
    var dialStartedAt = Moment(nanoseconds: 0)
    var dialFailures = 0
    /// How many backends were tried in vain in the turn that began then.
    var vainDials: (turn: Moment, count: Int) = (Moment(nanoseconds: 0), 0)
    /// It goes on with them in the next turn.
    var isBetweenTurns = false
    /// How the last dial failed.
    var lastFailure = ConnectFailureReason.other
    /// The TCP connection stands, its TLS does not yet.
    var isShakingHands = false
    /// The connection had carried another exchange before.
    var isKept = false
    /// What it was kept as: to be used again when it is kept once more.
    var lent: KeptConnection?
    var avoidsKept = false
    /// It has had a place at some backend: it does not stand behind others who wait.
    var hadPlace = false
    /// Where it waits for a place.
    var spot: WaitingSpot?
    /// Backends whose last place somebody else took first: not tried, and to be looked at again.
    var lost: [Int] = []

    // MARK: The answer

    /// The beginning of the backend's answer, while its head is not whole.
    var answer: [UInt8] = []
    /// Of the answer that was passed on; 0 before.
    var status: UInt16 = 0
    /// The client's connection ends with this answer, and its head says so.
    var closes = true
    /// The backend's connection could serve another exchange, as far as its head says.
    var allowsReuse = false
    /// Nothing follows from the backend.
    var hasBackendEnded = false
    var kind: StreamKind?
    /// An event stream that shall end at its next boundary.
    var isRetired = false
    var bytesToBackend = 0
    var bytesToClient = 0

    // MARK: Slow readers

    var client = Reader()
    var backend = Reader()

    /// A side for which bytes wait.
    struct Reader {
        /// When it last took some of them.
        var tookAt = Moment(nanoseconds: 0)
        /// What its system had not acknowledged then: a large socket buffer takes nothing from us for long, and yet it drains.
        var unacknowledged = 0

        mutating func took(_ unacknowledged: Int, now: Moment) {
            tookAt = now
            self.unacknowledged = unacknowledged
        }
    }

    init(exchange: Exchange, snapshot: Snapshot, armedAt: Moment = .never) {
        self.exchange = exchange
        self.snapshot = snapshot
        self.armedAt = armedAt
        input = []
        inputStart = 0
    }

    /// Begins the exchange behind `last` of the same connection, in the place of one that is over: nothing is left of that one.
    func begin(after last: ExchangeState, deadline: Moment, snapshot: Snapshot) {
        exchange.beginLater(rules: snapshot.exchangeRules, deadline: deadline)
        self.snapshot = snapshot
        swap(&input, &last.input)
        last.input = []
        inputStart = last.inputStart
        last.inputStart = 0
        clientAddress = last.clientAddress
        armedAt = last.armedAt
        isSurplus = false
        forgetRequest()
        forgetBackend()
        forgetAnswer()
    }

    private func forgetRequest() {
        head = nil
        headAt = Moment(nanoseconds: 0)
        expectedAccept = []
        context = nil
        requestID = nil
        body = []
        isBackendDeaf = false
    }

    private func forgetBackend() {
        route = nil
        comment = .unbounded
        // To assign nil to a large one costs, although it is nil.
        if candidates != nil { candidates = nil }
        placing = nil
        attempts = 0
        asked = 0
        shortage = nil
        target = nil
        dialStartedAt = Moment(nanoseconds: 0)
        dialFailures = 0
        vainDials = (Moment(nanoseconds: 0), 0)
        isBetweenTurns = false
        lastFailure = .other
        isShakingHands = false
        isKept = false
        lent = nil
        avoidsKept = false
        hadPlace = false
        spot = nil
        lost = []
    }

    private func forgetAnswer() {
        answer = []
        status = 0
        closes = true
        allowsReuse = false
        hasBackendEnded = false
        kind = nil
        isRetired = false
        bytesToBackend = 0
        bytesToClient = 0
        client = Reader()
        backend = Reader()
    }

    func goes(by route: RouteRuntime) {
        self.route = route
        comment = route.comment
    }

    // MARK: Input

    var waiting: Int { input.count - inputStart }

    func append(_ bytes: UnsafeRawBufferPointer) {
        // What was used is let go of once it is the larger part, so that no byte is moved more than twice.
        if inputStart > 0, inputStart >= input.count / 2 {
            input.removeFirst(inputStart)
            inputStart = 0
        }
        input.append(contentsOf: bytes)
    }

    func use(_ count: Int) {
        inputStart += min(count, waiting)
        guard inputStart == input.count else { return }
        // A connection that waits holds no buffer.
        input = []
        inputStart = 0
    }

    func takeInput() -> [UInt8] {
        defer {
            input = []
            inputStart = 0
        }
        return inputStart == 0 ? input : Array(input[inputStart...])
    }

    /// Shows the exchange what waits; of a head that is whole nothing waits any more.
    func examineInput(now: Moment) -> Exchange.Action {
        let action = input.withUnsafeBufferPointer {
            exchange.clientSent($0.span.extracting(inputStart..<$0.count), now: now)
        }
        if case .route(let head, _) = action { use(head.length) }
        return action
    }

    /// Shows the exchange what has just come, when nothing waits. Only what is left of it is kept: a head that came in one piece
    /// is copied once.
    func examine(_ bytes: UnsafeBufferPointer<UInt8>, now: Moment) -> Exchange.Action {
        let action = exchange.clientSent(bytes.span, now: now)
        var used = 0
        if case .route(let head, _) = action { used = min(head.length, bytes.count) }
        if used < bytes.count { append(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[used...]))) }
        return action
    }

    func inputBegins(with text: StaticString) -> Bool {
        input[inputStart...].starts(with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    // Not `==`, which would go through its protocol.
    var isAwaitingHead: Bool { if case .awaitingHead = exchange.stage { true } else { false } }
    var isDialing: Bool { if case .dialing = exchange.stage { true } else { false } }
    var isAwaitingAnswer: Bool { if case .awaitingAnswer = exchange.stage { true } else { false } }
    var isRelayingAnswer: Bool { if case .relayingAnswer = exchange.stage { true } else { false } }
    /// The request is with the backend, or on its way there.
    var isWithBackend: Bool { isAwaitingAnswer || isRelayingAnswer }
}
