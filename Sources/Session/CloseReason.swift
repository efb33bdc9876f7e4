import Wire

/// Why a tunnel ended: whose doing it was, what happened, and the Close code that went with it.
public struct CloseReason: Sendable, Equatable {
    /// Whose doing. `.proxy` for everything that Tidegate decided.
    public enum Party: Sendable, Equatable { case client, backend, proxy }

    public var party: Party
    public var cause: Cause
    /// The first Close code seen or sent; `.abnormal` when there was no Close.
    public var code: CloseCode
    /// The reason text of the first Close, as it was sent: at most 123 bytes that a peer chose.
    public var text: [UInt8]

    public init(_ party: Party, _ cause: Cause, code: CloseCode = .abnormal, text: [UInt8] = []) {
        self.party = party
        self.cause = cause
        self.code = code
        self.text = text
    }

    public init(_ side: Side, _ cause: Cause, code: CloseCode = .abnormal, text: [UInt8] = []) {
        self.init(side == .client ? Party.client : .backend, cause, code: code, text: text)
    }
}

extension CloseReason {
    /// Everything that can end a tunnel.
    public enum Cause: Sendable, Equatable, CaseIterable {
        /// A peer sent a Close frame.
        case peerClosed
        /// A peer ended its stream without a Close.
        case ended
        /// RST, or an error of the socket.
        case reset
        /// TLS ended without close_notify and without a Close frame.
        case truncated
        case tlsFailed
        case pingTimeout
        case messageTooBig
        case idle
        case drain
        case routeRemoved
        case backendRemoved
        /// The backend drains: the operator, the configuration or the backend itself wants it.
        case backendDrain
        /// The backend is down, and its pool closes the tunnels of such.
        case backendDown
        /// The backend holds more than its share.
        case rebalance
        /// It lived as long as its pool lets tunnels live.
        case lifetime
        /// One direction had ended and the other did not follow in time.
        case halfCloseTimeout
        /// A bug of ours: this session ends, and a counter moves.
        case internalError
    }

    /// What the proxy says and writes when it ends a tunnel for a cause: the one table.
    public struct Row: Sendable {
        /// The Close toward the client and toward the backend; nil where none is due.
        public let clientCode: CloseCode?
        public let backendCode: CloseCode?
        /// The reason in those Closes, and the `cause` in the log.
        public let text: StaticString
        public let label: StaticString
        /// Whether an operator should look at it.
        public let isNotable: Bool
    }

    public var row: Row { cause.row }
}

extension CloseReason.Cause {
    /// Whether there is time to wait for a pause in what the tunnel carries.
    public var waitsForQuiet: Bool {
        switch self {
        case .backendDrain, .backendDown, .rebalance, .lifetime: true
        default: false
        }
    }

    public var row: CloseReason.Row {
        func row(
            _ client: CloseCode?, _ backend: CloseCode?, _ text: StaticString, _ label: StaticString, notable: Bool = false
        ) -> CloseReason.Row {
            CloseReason.Row(clientCode: client, backendCode: backend, text: text, label: label, isNotable: notable)
        }
        return switch self {
        case .peerClosed: row(nil, nil, "", "peer_closed")
        case .ended: row(.badGateway, nil, "backend ended without a close", "ended")
        case .reset: row(.badGateway, nil, "backend connection lost", "reset")
        case .truncated: row(.badGateway, nil, "backend connection truncated", "truncated")
        case .tlsFailed: row(.badGateway, nil, "backend connection failed", "tls_failed", notable: true)
        case .pingTimeout: row(.badGateway, .goingAway, "ping timeout", "ping_timeout")
        case .messageTooBig: row(.tooBig, .tooBig, "message too big", "message_too_big", notable: true)
        case .idle: row(.goingAway, .goingAway, "idle timeout", "idle")
        case .drain: row(.serviceRestart, .goingAway, "service restart", "drain")
        case .routeRemoved: row(.serviceRestart, .goingAway, "service restart", "route_removed")
        case .backendRemoved: row(.serviceRestart, .goingAway, "service restart", "backend_removed")
        case .backendDrain: row(.serviceRestart, .goingAway, "service restart", "backend_drain")
        case .backendDown: row(.serviceRestart, .goingAway, "service restart", "backend_down")
        case .rebalance: row(.serviceRestart, .goingAway, "please reconnect", "rebalance")
        case .lifetime: row(.serviceRestart, .goingAway, "please reconnect", "lifetime")
        case .halfCloseTimeout: row(nil, nil, "", "half_close_timeout")
        case .internalError: row(nil, nil, "", "internal_error", notable: true)
        }
    }
}
