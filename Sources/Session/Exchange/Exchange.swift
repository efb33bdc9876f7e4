import Wire

/// One exchange from the first byte of its request to the 101, or to the end of another answer. Pure: bytes, outcomes and
/// the time go in, the next action comes out.
///
/// One deadline holds from the accept to the 101; nothing that a peer sends moves it. Bytes stay with the driver: the
/// exchange is shown everything buffered so far, and `RequestHead.length` or `ResponseHead.length` say what it used.
package struct Exchange: Sendable {
    package enum Stage: Sendable {
        case awaitingHead(RequestHeadParser)
        /// The driver looks for a backend and dials it; `until` bounds this one dial.
        case dialing(until: Moment)
        /// The request is with the backend.
        case awaitingAnswer(ResponseHeadParser)
        case relayingAnswer(AnswerBody)
        /// Handed over: to a tunnel, or to an answer of our own.
        case over
    }

    /// What the driver shall do.
    package enum Action: Sendable {
        /// Wait for what comes next.
        case wait
        /// The request is a valid handshake: find its route.
        case route(RequestHead, WebSocketOffer)
        /// The request asks for no tunnel: see whether there is a route for it at all.
        case plain(RequestHead)
        /// Pick the next candidate and dial it.
        case dialNext
        /// An interim answer of this many bytes: drop it and show what follows.
        case skip(Int)
        case openTunnel(ResponseHead, extensions: Bool, subprotocol: ArraySlice<UInt8>?)
        /// Pass this answer on, then its body as `answerBytes` says.
        case relayAnswer(ResponseHead)
        case refuse(Refusal, RequestHead?)
        /// Nobody is left to answer.
        case abandon(reason: StaticString)
    }

    package private(set) var stage: Stage
    private let deadline: Moment
    private let limits: HeadLimits
    /// Interim answers are skipped, but not for ever.
    private var interims = 0
    private static let mostInterims = 16

    package init(limits: HeadLimits, deadline: Moment) {
        self.limits = limits
        self.deadline = deadline
        stage = .awaitingHead(RequestHeadParser(limits: limits))
    }

    /// When to call `expired`.
    package var nextDeadline: Moment {
        switch stage {
        case .dialing(let until): min(until, deadline)
        // A refused upgrade's answer is bounded by its reader, see `relayBound` of the driver.
        case .relayingAnswer, .over: .never
        case .awaitingHead, .awaitingAnswer: deadline
        }
    }

    /// The client sent something; `bytes` is all of it since the head's beginning. After the head, bytes wait for the tunnel.
    package mutating func clientSent(_ bytes: Span<UInt8>) -> Action {
        guard case .awaitingHead(var parser) = stage else { return .wait }
        let head: RequestHead
        do throws(RequestHeadError) {
            guard let parsed = try parser.parse(bytes) else {
                stage = .awaitingHead(parser)
                return .wait
            }
            head = parsed
        } catch {
            return refuse(Refusal(error.status, error.reason), nil)
        }
        switch UpgradeRequest.examine(head) {
        case .websocket(let offer):
            stage = .dialing(until: deadline)
            return .route(head, offer)
        case .notAnUpgrade:
            stage = .over
            return .plain(head)
        case .refuse(let status, let reason): return refuse(Refusal(status, reason), head)
        }
    }

    /// The driver refuses on grounds that only it can see: no route, no free backend, a drain.
    package mutating func refuse(_ refusal: Refusal, _ head: RequestHead?) -> Action {
        stage = .over
        return .refuse(refusal, head)
    }

    package mutating func dialing(until: Moment) {
        if case .dialing = stage { stage = .dialing(until: until) }
    }

    package mutating func connected() {
        if case .dialing = stage { stage = .awaitingAnswer(ResponseHeadParser(limits: limits)) }
    }

    /// The backend sent something; `bytes` is all of it since the head's beginning.
    package mutating func backendSent(_ bytes: Span<UInt8>, expectedAccept: [UInt8]) -> Action {
        guard case .awaitingAnswer(var parser) = stage else { return .wait }
        let head: ResponseHead
        do throws(ResponseHeadError) {
            guard let parsed = try parser.parse(bytes) else {
                stage = .awaitingAnswer(parser)
                return .wait
            }
            head = parsed
        } catch {
            return refuse(Refusal(502, "backend_invalid"), nil)
        }
        switch UpgradeAnswer.examine(head, expectedAccept: expectedAccept) {
        case .accepted(let subprotocol, let extensions):
            stage = .over
            return .openTunnel(head, extensions: extensions, subprotocol: subprotocol)
        case .refused:
            stage = .relayingAnswer(AnswerBody(head, limits: limits))
            return .relayAnswer(head)
        case .interim:
            interims += 1
            guard interims <= Self.mostInterims else { return refuse(Refusal(502, "backend_invalid"), nil) }
            stage = .awaitingAnswer(ResponseHeadParser(limits: limits))
            return .skip(head.length)
        case .invalid: return refuse(Refusal(502, "backend_invalid"), nil)
        }
    }

    /// How much of a refused upgrade's body to pass on, and whether that was the end of it.
    package mutating func answerBytes(_ bytes: Span<UInt8>) -> AnswerBody.Progress {
        guard case .relayingAnswer(var body) = stage else { return .broken }
        let progress = body.take(bytes)
        stage = .relayingAnswer(body)
        return progress
    }

    /// The backend ended; returns whether an answer under way is complete with that.
    package mutating func backendEnded() -> Action {
        switch stage {
        case .awaitingAnswer: refuse(Refusal(502, "backend_closed"), nil)
        case .relayingAnswer(let body): .abandon(reason: body.endsWithConnection ? "complete" : "backend_closed")
        case .awaitingHead, .dialing, .over: .wait
        }
    }

    package mutating func clientEnded() -> Action {
        stage = .over
        return .abandon(reason: "client_closed")
    }

    package mutating func expired(now: Moment, hasBytes: Bool) -> Action {
        switch stage {
        case .awaitingHead where now >= deadline:
            // A connection that never said anything is owed no answer.
            if hasBytes { return refuse(Refusal(408, "timeout"), nil) }
            stage = .over
            return .abandon(reason: "timeout")
        case .dialing where now >= deadline, .awaitingAnswer where now >= deadline:
            return refuse(Refusal(504, "timeout"), nil)
        case .dialing(let until) where now >= until:
            return .dialNext
        default:
            return .wait
        }
    }
}
