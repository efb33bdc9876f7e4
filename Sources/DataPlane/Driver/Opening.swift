import Balancing
import Session
import Wire

/// What a session needs until its 101 and not a moment longer.
final class Opening {
    var exchange: Exchange
    /// The configuration that the connection came in under.
    let snapshot: Snapshot
    /// Everything the client has sent: the head, then what came early.
    var input: [UInt8] = []
    /// Everything the backend has answered that is not used yet.
    var answer: [UInt8] = []
    var head: RequestHead?
    var offer: WebSocketOffer?
    /// What the backend must answer to the client's key.
    var expectedAccept: [UInt8] = []
    /// The request as the backend will see it.
    var request: [UInt8] = []
    /// Who is behind a trusted peer.
    var realClient: String?
    var candidates: Candidates?
    var route: RouteRuntime?
    /// Over `limits.max_connections`: heard, and answered with 503.
    var isSurplus = false
    /// Ours, or what a trusted peer called it.
    var requestID = ""
    var dialStartedAt = Moment(nanoseconds: 0)
    var dialFailures = 0
    /// How the last dial failed.
    var dialTimedOut = false
    /// When an answer last made progress, from the backend or into the client's socket.
    var answeredAt = Moment(nanoseconds: 0)

    init(exchange: Exchange, snapshot: Snapshot) {
        self.exchange = exchange
        self.snapshot = snapshot
    }

    /// Bytes behind the head, for the tunnel.
    var earlyData: ArraySlice<UInt8> { input.dropFirst(head?.length ?? input.count) }
}
