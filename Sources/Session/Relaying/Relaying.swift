import Wire

/// A tunnel, after the 101: the frames of both directions, their ends, pings and Closes. Pure: it is given bytes, endings and
/// the time, and says what to forward, what to put between, and when which side is finished.
///
/// The driver's contract, in four verbs:
/// - `next` for bytes that arrived, again and again until `.done`;
/// - `ended`, `close` and `expired` for everything else that happens;
/// - after each of these, while `needsAttention`: send every `injection`, end the sides that `farewell` names, stop when `isOver`;
/// - `nextCheck` says when to call `expired`.
///
/// See ARCHITECTURE.md, "How a tunnel ends", for the order of things.
public struct Relaying: Sendable {
    // In the order of need: a message asks for the first four only.

    /// When data was last seen, in either direction.
    public internal(set) var lastMessageAt: Moment
    public var client: Half
    public var backend: Half
    /// Something rare happened: the driver has more to do than to forward.
    public internal(set) var needsAttention = false
    /// The first thing that began the end. nil while the tunnel is well.
    public internal(set) var reason: CloseReason?
    /// A ping's answer, for the histogram: taken by the driver.
    public internal(set) var roundTrip: (side: Side, nanoseconds: UInt64)?
    /// When patience with the end ends; `.never` while nothing is ending.
    var deadline = Moment.never
    public private(set) var rules: TunnelRules
    /// The driver shall close both sockets now.
    public internal(set) var isForcedOver = false

    /// - Parameter extensions: whether the 101 named an extension, so that RSV bits are legitimate.
    public init(rules: TunnelRules, extensions: Bool, now: Moment) {
        self.rules = rules
        client = Half(sender: .client, extensions: extensions, rules: rules, now: now)
        backend = Half(sender: .backend, extensions: extensions, rules: rules, now: now)
        lastMessageAt = now
    }

    /// The tunnel opens: as `init`, in the place of another, whatever that has been through.
    public mutating func begin(rules: TunnelRules, extensions: Bool, now: Moment) {
        self.rules = rules
        client = Half(sender: .client, extensions: extensions, rules: rules, now: now)
        backend = Half(sender: .backend, extensions: extensions, rules: rules, now: now)
        reason = nil
        roundTrip = nil
        lastMessageAt = now
        deadline = .never
        needsAttention = false
        isForcedOver = false
    }

    public subscript(side: Side) -> Half {
        // Not `_read`: with two places to yield from, unoptimised code was seen to read values that were not there.
        @inline(__always) get { side == .client ? client : backend }
        @inline(__always) _modify { if side == .client { yield &client } else { yield &backend } }
    }

    /// Both directions are still understood, so a frame of ours may go in.
    var canInject: Bool { client.scanner.isTracking && backend.scanner.isTracking }

    /// Mutating, although it changes nothing: otherwise its caller would make a copy of everything here to ask.
    public var isOver: Bool { mutating get { isForcedOver || (client.isGone && backend.isGone) } }

    /// Whether the client took leave: it answered our Close, sent its own, or ended. A drain counts the others as cut.
    public var clientLeftPolitely: Bool { client.hasClosed || client.hasEnded }

    /// Whether anything can still be sent to `side`.
    public func hears(_ side: Side) -> Bool {
        side == .client ? !client.isDead && !client.finSent : !backend.isDead && !backend.finSent
    }

    public var isEnding: Bool { reason != nil }

    public mutating func attentionPaid() { needsAttention = false }

    public mutating func takeRoundTrip() -> (side: Side, nanoseconds: UInt64)? {
        defer { roundTrip = nil }
        return roundTrip
    }

    /// What went by since the last call. Data keeps the tunnel from being idle, also a message that is still under way, and
    /// bytes that are no longer understood.
    public mutating func takeTally(of side: Side, now: Moment) -> FrameTally {
        switch side {
        case .client: Self.takeTally(&client.scanner, &lastMessageAt, now)
        case .backend: Self.takeTally(&backend.scanner, &lastMessageAt, now)
        }
    }

    private static func takeTally(_ scanner: inout FrameScanner, _ lastMessageAt: inout Moment, _ now: Moment) -> FrameTally {
        let tally = scanner.takeTally()
        if tally.messages != 0 || tally.fragments != 0 || scanner.isInsideData || !scanner.isTracking { lastMessageAt = now }
        return tally
    }

    /// The first cause stands; what follows is its consequence.
    mutating func note(_ cause: @autoclosure () -> CloseReason) {
        if reason == nil { reason = cause() }
        needsAttention = true
    }

    mutating func shortenDeadline(to moment: Moment) { deadline = min(deadline, moment) }
}
