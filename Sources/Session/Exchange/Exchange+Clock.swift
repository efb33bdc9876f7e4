/// The deadlines of an exchange. Activity stores a time; expiry looks at it.
extension Exchange {
    /// What the driver sees of the two sockets when a deadline comes.
    public struct Pressure: Sendable {
        /// When the client last took something of what waits for it; nil while nothing waits.
        public var clientTookAt: Moment?
        /// The same of the backend.
        public var backendTookAt: Moment?
        /// How long an event stream may be silent before a comment is sent; unbounded for never.
        public var comment: Moment.Span

        public init(clientTookAt: Moment? = nil, backendTookAt: Moment? = nil, comment: Moment.Span = .unbounded) {
            self.clientTookAt = clientTookAt
            self.backendTookAt = backendTookAt
            self.comment = comment
        }
    }

    /// When to call `expired`.
    public func nextDeadline(_ pressure: Pressure = Pressure()) -> Moment {
        switch stage {
        case .awaitingHead: return deadline
        case .dialing: return min(dialDeadline, deadline)
        case .awaitingAnswer:
            guard !isUpgrade else { return deadline }
            return min(clientWait, isBackendsTurn ? answerDeadline : bodyDeadline(pressure))
        case .relayingAnswer:
            if let tookAt = pressure.clientTookAt { return tookAt.after(rules.body) }
            return min(clientWait, clocks.answerMovedAt.after(silence), commentMoment(pressure))
        case .over: return .never
        }
    }

    public func expired(now: Moment, pressure: Pressure = Pressure()) -> Action {
        switch stage {
        case .awaitingHead where now >= deadline: return headExpired()
        case .dialing where now >= deadline: return refuse(Refusal(504, "timeout"), nil)
        case .dialing where now >= dialDeadline: return .dialNext
        case .awaitingAnswer where isUpgrade:
            return now >= deadline ? refuse(Refusal(504, "timeout"), nil) : .wait
        case .awaitingAnswer: return awaitExpired(now, pressure)
        case .relayingAnswer: return relayExpired(now, pressure)
        case .awaitingHead, .dialing, .over: return .wait
        }
    }

    private func headExpired() -> Action {
        // A connection that never said anything is owed no answer.
        if hasBegun { return refuse(Refusal(408, "timeout"), nil) }
        stage = .over
        return .abandon(reason: isLater ? "keep_alive" : "timeout")
    }

    private func awaitExpired(_ now: Moment, _ pressure: Pressure) -> Action {
        if now >= clientWait { return clientGone() }
        guard !isBackendsTurn else {
            return now >= answerDeadline ? refuse(Refusal(504, "response_timeout"), nil) : .wait
        }
        guard now >= bodyDeadline(pressure) else { return .wait }
        if pressure.backendTookAt != nil { return refuse(Refusal(504, "response_timeout"), nil) }
        guard clocks.windowBytes >= ExchangeRules.leastBody else { return refuse(Refusal(408, "body_timeout"), nil) }
        clocks.openWindow(now)
        return .wait
    }

    private func relayExpired(_ now: Moment, _ pressure: Pressure) -> Action {
        if let tookAt = pressure.clientTookAt {
            return now >= tookAt.after(rules.body) ? .abandon(reason: "client_stalled") : .wait
        }
        if now >= clientWait { return clientGone() }
        if now >= clocks.answerMovedAt.after(silence) {
            return .abandon(reason: answerIsEventStream ? "idle" : "response_timeout")
        }
        guard now >= commentMoment(pressure) else { return .wait }
        // In the middle of an event it is left for another time.
        clocks.saidAt = now
        return answerBody?.comment.map { .say($0) } ?? .wait
    }

    private func clientGone() -> Action {
        stage = .over
        return .abandon(reason: "client_closed")
    }

    /// All of the request is with the backend, or the client waits for its word before it sends the rest.
    private var isBackendsTurn: Bool { isRequestComplete || awaitsContinue }

    private var answerDeadline: Moment {
        max(clocks.requestEndedAt ?? clocks.connectedAt, clocks.connectedAt).after(rules.response)
    }

    /// While the backend does not take what is here, the client is not to blame.
    private func bodyDeadline(_ pressure: Pressure) -> Moment {
        (pressure.backendTookAt ?? clocks.windowBegan).after(rules.body)
    }

    /// Event streams may be silent for as long as tunnels.
    private var silence: Moment.Span {
        guard !answerIsEventStream, rules.response.nanoseconds < rules.idle.nanoseconds else { return rules.idle }
        return rules.response
    }

    private func commentMoment(_ pressure: Pressure) -> Moment {
        answerIsEventStream ? clocks.saidAt.after(pressure.comment) : .never
    }

    /// Until when a client that has ended is believed to listen.
    private var clientWait: Moment {
        guard let endedAt = clocks.clientEndedAt else { return .never }
        return max(endedAt, clocks.answerMovedAt).after(rules.halfClose)
    }
}
