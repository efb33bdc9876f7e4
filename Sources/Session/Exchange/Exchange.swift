import Wire

/// One exchange: from the first byte of a request to the 101 of its tunnel, or to the end of its answer. Pure: bytes,
/// outcomes and the time go in, the next action comes out.
///
/// A class, so that asking it something copies nothing. Bytes stay with the driver. A head is shown whole each time, from its
/// first byte; bodies are shown as they come, and the exchange says how much of them to pass on.
public final class Exchange {
    /// What belongs to one stage alone stands beside it, and not in it: the parsers are large, and each look would copy them.
    public enum Stage: Sendable {
        case awaitingHead
        /// The driver looks for a backend and dials it; `dialDeadline` bounds this one dial.
        case dialing
        /// The request is with the backend, or on its way.
        case awaitingAnswer
        case relayingAnswer
        /// Handed over to a tunnel, or answered.
        case over
    }

    public enum Purpose: Sendable {
        case tunnel(WebSocketOffer)
        case answer
    }

    /// What the driver shall do.
    public enum Action: Sendable {
        /// Wait for what comes next.
        case wait
        /// The request is whole and well formed: find its route.
        case route(RequestHead, Purpose)
        /// Pick the next candidate and dial it.
        case dialNext
        /// The kept connection had ended already: dial a new one, to the same backend or another.
        case retry
        /// An interim answer of this many bytes: drop it and show what follows.
        case skip(Int)
        /// Pass this interim answer on and show what follows.
        case relayInterim(ResponseHead)
        case openTunnel(ResponseHead, extensions: Bool, subprotocol: ArraySlice<UInt8>?)
        /// Pass this answer on, then its body as `answerBytes` says.
        case relayAnswer(ResponseHead)
        /// Put this into the answer's body, between two events.
        case say([UInt8])
        case refuse(Refusal, RequestHead?)
        /// Nobody is left to answer, or an answer has begun that cannot be ended well.
        case abandon(reason: StaticString)
    }

    public internal(set) var stage = Stage.awaitingHead
    /// Of a head that is not all here; one that comes in one piece, as nearly all do, leaves none behind.
    private var requestParser: RequestHeadParser?
    /// The same of an answer's head.
    private var answerParser: ResponseHeadParser?
    /// The answer's body, as far as the backend has sent it.
    private(set) var answerBody: BodyFollower?
    private var answerEndsWithConnection = false
    public private(set) var answerIsEventStream = false
    var dialDeadline = Moment.never
    private(set) var rules: ExchangeRules
    /// Whether the connection has carried a request before.
    public private(set) var isLater: Bool
    /// Until the request is with a backend.
    var deadline: Moment
    var hasBegun = false
    public internal(set) var purpose = Purpose.answer
    private var method = Method.get
    private var version = HTTPVersion.http11
    private var wantsClose = true
    /// The request may be sent twice: it changes nothing by that, and has no body (RFC 9110 9.2.2).
    private var isReplayable = false
    /// The request's body, as far as the client has sent it.
    private var requestBody: BodyFollower?
    /// Whether all of the request has come. Kept beside `requestBody`: to look at that would copy it.
    public private(set) var isRequestComplete = true
    /// The client sends its body once the backend has asked for it.
    var awaitsContinue = false
    /// Interim answers are skipped, but not for ever.
    private var interims = 0
    private static let mostInterims = 16
    /// Anything at all came of an answer.
    private var hasHeard = false
    var clocks = ExchangeClocks()

    /// - Parameter deadline: of the request's head. A connection's first request has it from the accept and for the dial
    ///   as well; a later one until its first byte, from which `rules.handshake` counts.
    public init(rules: ExchangeRules, deadline: Moment, isLater: Bool = false) {
        self.rules = rules
        self.deadline = deadline
        self.isLater = isLater
    }

    /// Begins a connection's next exchange in the place of one that is over, as a new one would with `isLater`: a kept connection
    /// makes no new one for each request.
    public func beginLater(rules: ExchangeRules, deadline: Moment) {
        self.rules = rules
        self.deadline = deadline
        isLater = true
        stage = .awaitingHead
        // Nearly always nil already, and to assign that costs as much as to destroy one.
        if requestParser != nil { requestParser = nil }
        if answerParser != nil { answerParser = nil }
        if requestBody != nil { requestBody = nil }
        if answerBody != nil { answerBody = nil }
        answerEndsWithConnection = false
        answerIsEventStream = false
        dialDeadline = .never
        hasBegun = false
        purpose = .answer
        method = .get
        version = .http11
        wantsClose = true
        isReplayable = false
        isRequestComplete = true
        awaitsContinue = false
        interims = 0
        hasHeard = false
        clocks = ExchangeClocks()
    }

    @inlinable public var isUpgrade: Bool { if case .tunnel = purpose { true } else { false } }

    // MARK: The request

    /// The client sent something; `bytes` is all of it since the head's beginning. After the head, bytes of a plain request go to
    /// `requestBytes`, those of an upgrade wait for the tunnel.
    public func clientSent(_ bytes: Span<UInt8>, now: Moment) -> Action {
        guard stage == .awaitingHead else { return .wait }
        if !hasBegun {
            hasBegun = true
            if isLater { deadline = now.after(rules.handshake) }
        }
        let head: RequestHead
        var parser = requestParser.take() ?? RequestHeadParser(limits: rules.limits)
        do throws(RequestHeadError) {
            guard let parsed = try parser.parse(bytes) else {
                requestParser = parser
                return .wait
            }
            head = parsed
        } catch {
            return refuse(Refusal(error.status, error.reason), nil)
        }
        method = head.method
        version = head.version
        wantsClose = head.wantsClose
        switch UpgradeRequest.examine(head) {
        case .websocket(let offer): purpose = .tunnel(offer)
        case .notAnUpgrade: beginBody(head, now: now)
        case .refuse(let status, let reason): return refuse(Refusal(status, reason), head)
        }
        beginDialing()
        return .route(head, purpose)
    }

    private func beginBody(_ head: borrowing RequestHead, now: Moment) {
        awaitsContinue = head.expectsContinue
        isReplayable = head.method.isIdempotent && head.body.isEmpty
        clocks.requestBegan(now)
        if head.body.isEmpty {
            clocks.requestEnded(now)
        } else {
            requestBody = BodyFollower(head.body, limits: rules.limits)
            isRequestComplete = false
        }
    }

    /// How much of these bytes belongs to the request's body. What is left over is the next request's.
    public func requestBytes(_ bytes: Span<UInt8>, now: Moment) -> BodyFollower.Progress {
        guard let progress = requestBody?.take(bytes) else { return .done(0) }
        awaitsContinue = false
        switch progress {
        case .more(let count): clocks.requestMoved(count)
        case .done:
            requestBody = nil
            isRequestComplete = true
            clocks.requestEnded(now)
        case .broken: break
        }
        return progress
    }

    /// Whether nothing more comes from the client.
    public var hasClientEnded: Bool { clocks.clientEndedAt != nil }

    /// The driver refuses on grounds that only it can see: no route, no free backend, a drain.
    public func refuse(_ refusal: Refusal, _ head: RequestHead?) -> Action {
        stage = .over
        return .refuse(refusal, head)
    }

    public func dialing(until: Moment) {
        if stage == .dialing { dialDeadline = until }
    }

    private func beginDialing() {
        stage = .dialing
        dialDeadline = deadline
    }

    /// The backend has taken all that waited for it: from now on it is the client's turn again.
    public func backendTook(now: Moment) { clocks.openWindow(now) }

    public func connected(now: Moment) {
        guard stage == .dialing else { return }
        stage = .awaitingAnswer
        // What another backend began to say is nothing to this one.
        if answerParser != nil { answerParser = nil }
        clocks.connected(now)
    }

    // MARK: The answer

    /// The backend sent something; `bytes` is all of it since the head's beginning.
    public func backendSent(_ bytes: Span<UInt8>, expectedAccept: [UInt8], now: Moment) -> Action {
        guard stage == .awaitingAnswer else { return .wait }
        hasHeard = true
        let head: ResponseHead
        var parser = answerParser.take() ?? ResponseHeadParser(limits: rules.limits)
        do throws(ResponseHeadError) {
            guard let parsed = try parser.parse(bytes) else {
                answerParser = parser
                return .wait
            }
            head = parsed
        } catch {
            return refuse(Refusal(502, error.reason), nil)
        }
        guard head.isInterim else { return isUpgrade ? upgradeAnswered(head, expectedAccept, now) : answered(head, now) }
        interims += 1
        guard interims <= Self.mostInterims else { return refuse(Refusal(502, "backend_invalid"), nil) }
        if awaitsContinue {
            awaitsContinue = false
            clocks.openWindow(now)
        }
        return isUpgrade || version == .http10 ? .skip(head.length) : .relayInterim(head)
    }

    private func upgradeAnswered(_ head: ResponseHead, _ expectedAccept: [UInt8], _ now: Moment) -> Action {
        switch UpgradeAnswer.examine(head, expectedAccept: expectedAccept) {
        case .accepted(let subprotocol, let extensions):
            stage = .over
            return .openTunnel(head, extensions: extensions, subprotocol: subprotocol)
        case .refused: return relay(head, now)
        case .interim: return .wait
        case .invalid(let reason): return refuse(Refusal(502, reason), nil)
        }
    }

    private func answered(_ head: ResponseHead, _ now: Moment) -> Action {
        // Nobody asked to switch.
        guard head.status != 101 else { return refuse(Refusal(502, "switch_unsolicited"), nil) }
        return relay(head, now)
    }

    private func relay(_ head: ResponseHead, _ now: Moment) -> Action {
        stage = .relayingAnswer
        let body = BodyFollower(head, answering: isUpgrade ? .get : method, limits: rules.limits)
        answerEndsWithConnection = body.endsWithConnection
        answerIsEventStream = body.isEventStream
        answerBody = consume body
        clocks.answerMoved(now)
        return .relayAnswer(head)
    }

    /// How much of the answer's body to pass on, and whether that was the end of it.
    public func answerBytes(_ bytes: Span<UInt8>, now: Moment) -> BodyFollower.Progress {
        guard stage == .relayingAnswer else { return .broken(.badSize) }
        if bytes.count > 0 { clocks.answerMoved(now) }
        return answerBody?.take(bytes) ?? .broken(.badSize)
    }

    /// Whether the client's connection must end with this answer: the client asked for it, its request is not all here, or the
    /// answer's end is the connection's.
    public var endsConnection: Bool {
        wantsClose || isUpgrade || !isRequestComplete || answerEndsWithConnection
    }

    /// What ends an event stream at this point, framed as it is; nil where it would tear an event apart.
    public var farewell: [UInt8]? {
        answerBody?.farewell
    }

    // MARK: Ends

    /// The backend ended, or its connection broke.
    ///
    /// - Parameters:
    ///   - wasKept: the connection had carried another exchange before.
    ///   - politely: with a FIN, over TLS behind a close_notify.
    public func backendEnded(wasKept: Bool = false, politely: Bool = true, now: Moment) -> Action {
        switch stage {
        case .awaitingAnswer:
            guard wasKept, isReplayable, !hasHeard else { return refuse(Refusal(502, "backend_closed"), nil) }
            // It may have been silent for longer than a request has for its dial.
            deadline = max(deadline, now.after(rules.handshake))
            beginDialing()
            return .retry
        case .relayingAnswer:
            return .abandon(reason: politely && answerEndsWithConnection ? "complete" : "backend_truncated")
        case .awaitingHead, .dialing, .over: return .wait
        }
    }

    /// The client ended. One that has asked for a plain answer and still listens gets it, if it comes within
    /// `rules.halfClose`; nobody opens a tunnel that way.
    public func clientEnded(politely: Bool, now: Moment) -> Action {
        switch stage {
        case .dialing, .awaitingAnswer, .relayingAnswer:
            if politely, !isUpgrade, isRequestComplete {
                if clocks.clientEndedAt == nil { clocks.clientEndedAt = now }
                return .wait
            }
        case .awaitingHead, .over: break
        }
        stage = .over
        return .abandon(reason: "client_closed")
    }
}
