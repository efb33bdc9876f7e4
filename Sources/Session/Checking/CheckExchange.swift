import Wire

/// One check of one backend, from the standing connection to the verdict. It touches no socket and knows no time.
///
/// A verdict (`passed`, `failed`, `draining`) is given once; after it every call says `.wait`.
public struct CheckExchange: Sendable {
    public enum Action: Sendable, Equatable {
        case send([UInt8])
        case wait
        /// What is left to say, if anything, is sent on the way out; no answer is awaited.
        case passed(farewell: [UInt8])
        case failed(CheckFailure)
        /// The backend is there, and asks for nothing new.
        case draining
    }

    /// Bytes of an HTTP answer that are read, its interim answers, head and body together.
    public static let mostAnswer = 16 * 1024
    /// Bytes of frames that are read behind a handshake; what has not come until then is not awaited longer.
    public static let mostFrames = 256 * 1024
    /// Interim answers before the final one.
    static let mostInterims = 8
    static let limits = HeadLimits(maxHead: mostAnswer)

    enum Stage: Sendable {
        case idle
        case head(ResponseHeadParser)
        case body(CheckBody)
        case frames(CheckFrames)
        case over
    }

    public let plan: CheckPlan
    let nonce: CheckNonce?
    var stage = Stage.idle
    /// The head under way.
    var held: [UInt8] = []
    /// Bytes of the answer, or of the frames, that were read.
    var taken = 0
    var interims = 0
    var awaitsPong = false
    var awaitsText = false
    /// The final status; nil before it came.
    public internal(set) var status: UInt16?
    /// The answer was longer than is read: its connection has bytes on the way that nobody will look at.
    public internal(set) var isCut = false

    /// - Parameters:
    ///   - accept: the `Sec-WebSocket-Accept` that belongs to a key: 28 bytes. Asked at most once.
    ///   - random: for the key, the ping and the masks of a WebSocket check.
    public init(_ plan: CheckPlan, accept: (_ key: [UInt8]) -> [UInt8], using random: inout some RandomNumberGenerator) {
        self.plan = plan
        if case .websocket = plan.kind { nonce = CheckNonce(accept: accept, using: &random) } else { nonce = nil }
    }

    /// Most bytes that are worth a read.
    public var appetite: Int {
        switch stage {
        case .idle, .head, .body: Self.mostAnswer - taken
        case .frames, .over: Self.mostAnswer
        }
    }

    /// The connection stands, TLS included.
    public mutating func connected() -> Action {
        guard case .idle = stage else { return .wait }
        if case .tcp = plan.kind { return end(.passed(farewell: [])) }
        stage = .head(ResponseHeadParser(limits: Self.limits))
        return .send(plan.opening(key: nonce?.key ?? []))
    }

    /// The backend sent `bytes`, right behind those before.
    public mutating func received(_ bytes: Span<UInt8>) -> Action {
        guard bytes.count > 0 else { return .wait }
        switch stage {
        // It speaks without having been asked.
        case .idle: return end(.failed(.badAnswer))
        case .head(let parser): return takeHead(parser, bytes)
        case .body(let body): return takeBody(body, bytes)
        case .frames(let frames): return takeFrames(frames, bytes)
        case .over: return .wait
        }
    }

    /// The backend ended the connection in order.
    public mutating func ended() -> Action {
        switch stage {
        case .idle, .head, .frames: return end(.failed(.closed))
        case .body(let body): return bodyEnded(body)
        case .over: return .wait
        }
    }

    /// The deadline passed: what the check failed for. Ends it.
    public mutating func timedOut() -> CheckFailure {
        defer { stage = .over }
        return switch stage {
        case .frames: missing
        case .body where !isStatusWanted: .status
        case .idle, .head, .body, .over: .timeout
        }
    }

    /// What has not come of what a tunnel was to bring.
    var missing: CheckFailure { awaitsPong ? .noPong : .noExpected }

    mutating func end(_ verdict: Action) -> Action {
        stage = .over
        held = []
        return verdict
    }
}
