/// Why a check failed.
public enum CheckFailure: Sendable, Hashable, CaseIterable {
    /// Nobody listens there, or the queue of a Unix socket is full.
    case refused
    /// There is no way to the address.
    case unreachable
    /// The deadline passed before the answer was whole.
    case timeout
    /// The backend ended the connection, or its tunnel, before the check was through.
    case closed
    /// The handshake of TLS failed, the backend's certificate among the reasons.
    case tls
    /// No HTTP, a head that does not fit in 16 KiB, a 101 that nobody asked for, or no WebSocket frames.
    case badAnswer
    /// A 101 that opens no WebSocket, or not for this key, or with what was not offered.
    case badHandshake
    /// A status that is not wanted.
    case status
    /// The body lacks what it has to contain.
    case body
    /// The handshake was right, and the ping stayed unanswered.
    case noPong
    /// The handshake was right, and the expected text did not come.
    case noExpected
    /// This machine lacks descriptors, memory or local ports: it says nothing of the backend, and must not count against it.
    case shortage

    /// A label out of this closed set, for logs and metrics.
    public var label: StaticString {
        switch self {
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .timeout: "timeout"
        case .closed: "closed"
        case .tls: "tls"
        case .badAnswer: "bad_answer"
        case .badHandshake: "bad_handshake"
        case .status: "status"
        case .body: "body"
        case .noPong: "no_pong"
        case .noExpected: "no_expected"
        case .shortage: "shortage"
        }
    }

    /// The fault is this machine's.
    public var isOurs: Bool { self == .shortage }
}
