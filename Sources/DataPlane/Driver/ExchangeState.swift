import Balancing
import Session
import Telemetry
import Transport
import Wire

/// What a session needs while it is no tunnel: the exchange under way, and what was read beyond it. A tunnel has none of it.
final class ExchangeState {
    var exchange: Exchange
    /// The configuration that the exchange began under.
    let snapshot: Snapshot
    /// What the client has sent and nobody has used: a head that is not whole, early data of an upgrade, the next requests.
    var input: [UInt8]
    /// When the worker's wheel will ask for this session again.
    var armedAt: Moment
    /// Over `limits.max_connections`: heard, and answered with 503.
    var isSurplus = false

    // MARK: The request

    var head: RequestHead?
    var headAt = Moment(nanoseconds: 0)
    var offer: WebSocketOffer?
    /// What the backend must answer to the client's key.
    var expectedAccept: [UInt8] = []
    var context: ForwardingContext?
    /// Ours, or what a trusted peer called it.
    var requestID = ""
    /// The request's body, as far as it came before a backend was there.
    var body: [UInt8] = []
    /// The backend takes no more of the request; it may still have an answer.
    var isBackendDeaf = false

    // MARK: The backend

    var route: RouteRuntime?
    var candidates: Candidates?
    /// The backend of the pool that is tried, and which of its addresses comes next.
    var target: (backend: Int, address: Int)?
    var dialStartedAt = Moment(nanoseconds: 0)
    var dialFailures = 0
    /// How the last dial failed.
    var lastFailure = ConnectFailureReason.other
    /// The TCP connection stands, its TLS does not yet.
    var isShakingHands = false
    /// The connection had carried another exchange before.
    var isKept = false
    var avoidsKept = false

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

    /// When a side last took something of what waits for it.
    var clientTookAt = Moment(nanoseconds: 0)
    var backendTookAt = Moment(nanoseconds: 0)

    init(exchange: Exchange, snapshot: Snapshot, input: [UInt8] = [], armedAt: Moment = .never) {
        self.exchange = exchange
        self.snapshot = snapshot
        self.input = input
        self.armedAt = armedAt
    }

    var isAwaitingHead: Bool { if case .awaitingHead = exchange.stage { true } else { false } }
    var isDialing: Bool { if case .dialing = exchange.stage { true } else { false } }
    var isAwaitingAnswer: Bool { if case .awaitingAnswer = exchange.stage { true } else { false } }
    var isRelayingAnswer: Bool { if case .relayingAnswer = exchange.stage { true } else { false } }
    /// The request is with the backend, or on its way there.
    var isWithBackend: Bool { isAwaitingAnswer || isRelayingAnswer }
}
