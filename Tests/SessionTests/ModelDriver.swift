import Session
import Wire

/// One value for each side.
struct PerSide<Value> {
    var client: Value
    var backend: Value

    init(_ value: Value) { (client, backend) = (value, value) }

    subscript(side: Side) -> Value {
        get { side == .client ? client : backend }
        // In place: these are the long arrays of a simulation.
        _modify { if side == .client { yield &client } else { yield &backend } }
    }
}

/// Does with a `Relaying` what the driver of the data plane does, with arrays for sockets: what is sent waits in a backlog
/// until the world takes it, and a side is not read while what it said before still waits.
struct ModelDriver {
    /// A frame of the proxy's own, and where it lies in everything sent to a side.
    struct Mark: Equatable {
        let injection: Injection
        let range: Range<Int>
    }

    var relaying: Relaying
    private(set) var now: Moment
    /// Everything ever sent toward a side, the frames of our own among it.
    private(set) var sent = PerSide<[UInt8]>([])
    private(set) var marks = PerSide<[Mark]>([])
    /// How much of `sent` the kernel has taken.
    private(set) var taken = PerSide(0)
    /// Bytes of window that the kernel has for a side.
    private(set) var window = PerSide(Int.max)
    private(set) var held = PerSide<[UInt8]>([])
    private(set) var finAsked = PerSide(false)
    /// The FIN was asked for although the other side went on: what that says then is dropped.
    private(set) var finWasEarly = PerSide(false)
    private(set) var isFinished = false
    /// When the end began.
    private(set) var reasonAt: Moment?
    private(set) var wasReset = false
    /// Rounds of `settle` that did not come to rest; must stay 0.
    private(set) var restless = 0
    private(set) var tags = PerSide<[UInt64]>([])
    private(set) var roundTrips: [(side: Side, nanoseconds: UInt64)] = []
    private var nextTag: UInt64 = 0x1122_3344_5566_7700

    init(rules: TunnelRules, extensions: Bool = false, now: Moment = Moment(nanoseconds: 0)) {
        // As in the driver, the machine is older than the tunnel; and here another tunnel has even ended in it.
        let start = Moment(nanoseconds: 0)
        let moment = Moment.Span(nanoseconds: 1)
        let others = TunnelRules(
            idle: moment, close: moment, halfClose: moment, pingInterval: moment, pingTimeout: moment, maximumMessage: 1)
        relaying = Relaying(rules: others, extensions: !extensions, now: start)
        relaying.close(.drain, now: start)
        relaying.cut(.drain)
        relaying.begin(rules: rules, extensions: extensions, now: now)
        self.now = now
    }

    func backlog(_ side: Side) -> Int { sent[side].count - taken[side] }

    /// Whether the driver would read from `side` now.
    func reads(from side: Side) -> Bool {
        let half = relaying[side]
        return !isFinished && !half.hasEnded && !half.isDead && (backlog(side.other) == 0 || half.isMuted)
    }

    /// The FIN has reached the peer.
    func finReached(_ side: Side) -> Bool { finAsked[side] && backlog(side) == 0 }

    /// What has reached the peer.
    func delivered(_ side: Side) -> ArraySlice<UInt8> { sent[side].prefix(taken[side]) }

    mutating func receive(_ side: Side, _ piece: [UInt8]) {
        guard !isFinished else { return }
        let bytes = held[side] + piece
        held[side] = []
        relaying.heard(from: side, now: now)
        var offset = 0
        walk: while true {
            switch relaying.next(from: side, bytes.span, at: &offset, now: now) {
            case .forward(let range): transmit(Array(bytes[range]), to: side.other)
            case .inject(let injection): inject(injection, toward: side.other)
            case .hold(let start): held[side] = Array(bytes[start...])
            case .done: break walk
            }
        }
        _ = relaying.takeTally(of: side, now: now)
        if relaying.needsAttention { settle() }
    }

    mutating func end(_ side: Side, _ ending: Half.Ending) {
        guard !isFinished else { return }
        if !held[side].isEmpty, relaying.passesHeldBytes(of: side), relaying.hears(side.other) {
            transmit(held[side], to: side.other)
            held[side] = []
        }
        relaying.ended(side, ending, now: now)
        if relaying.needsAttention { settle() }
    }

    mutating func close(_ cause: CloseReason.Cause) {
        guard !isFinished else { return }
        relaying.close(cause, now: now)
        settle()
    }

    /// Moves the clock to each check on the way.
    mutating func advance(to moment: Moment) {
        while !isFinished {
            let check = relaying.nextCheck(now: now)
            guard check <= moment else { break }
            now = max(now, check)
            checkNow()
        }
        if !isFinished { now = max(now, moment) }
    }

    /// A timer that fires early, or at its time.
    mutating func checkNow() {
        relaying.expired(
            now: now,
            pressure: .init(
                clientIsReadable: reads(from: .client) && backlog(.client) == 0,
                backendIsReadable: reads(from: .backend) && backlog(.backend) == 0))
        if relaying.needsAttention { settle() }
    }

    mutating func setWindow(_ side: Side, _ bytes: Int) {
        window[side] = bytes
        flush(side)
        if !isFinished, relaying.needsAttention || relaying.isEnding { settle() }
    }

    private mutating func flush(_ side: Side) {
        let count = min(backlog(side), window[side])
        taken[side] += count
        if window[side] != .max { window[side] -= count }
    }

    private mutating func transmit(_ bytes: [UInt8], to side: Side) {
        guard relaying.hears(side) else { return }
        sent[side] += bytes
        flush(side)
    }

    private mutating func inject(_ injection: Injection, toward side: Side) {
        let mask: UInt32? = side == .backend ? 0x0102_0304 : nil
        let frame: [UInt8]
        switch injection {
        case .ping:
            nextTag += 1
            tags[side].append(nextTag)
            relaying.pinged(side, tag: nextTag)
            frame = ControlFrame.ping(tag: nextTag, mask: mask)
        case .close(let code, let cause): frame = ControlFrame.close(code, reason: cause.row.text, mask: mask)
        }
        let start = sent[side].count
        transmit(frame, to: side)
        if sent[side].count > start { marks[side].append(Mark(injection: injection, range: start..<sent[side].count)) }
    }

    private mutating func settle() {
        if relaying.reason != nil { reasonAt = reasonAt ?? now }
        var rounds = 0
        repeat {
            rounds += 1
            relaying.attentionPaid()
            for side in Side.allCases {
                while let injection = relaying.injection(toward: side, now: now) { inject(injection, toward: side) }
            }
            if let trip = relaying.takeRoundTrip() { roundTrips.append(trip) }
            if relaying.client.wantsReset || relaying.backend.wantsReset {
                wasReset = true
                isFinished = true
                return
            }
            for side in Side.allCases where relaying[side].wantsFin && !relaying[side].finSent && !relaying[side].isDead {
                relaying.finDelivered(to: side, now: now)
                finAsked[side] = true
                finWasEarly[side] = !relaying[side.other].hasEnded
            }
            let flushed = Side.allCases.allSatisfy { relaying[$0].isDead || finReached($0) }
            if relaying.isForcedOver || (relaying.isOver && flushed) {
                isFinished = true
                return
            }
        } while relaying.needsAttention && rounds < 32
        if relaying.needsAttention { restless += 1 }
    }
}

extension ModelDriver {
    /// The Closes of our own that a side was sent.
    func closes(_ side: Side) -> [CloseCode] {
        marks[side].compactMap { if case .close(let code, _) = $0.injection { code } else { nil } }
    }

    func pings(_ side: Side) -> Int { marks[side].count { $0.injection == .ping } }

    mutating func advance(seconds: Double) {
        advance(to: Moment(nanoseconds: now.nanoseconds + UInt64(seconds * 1_000_000_000)))
    }
}

extension TunnelRules {
    /// Short rules for tests, in seconds; nil is off.
    static func test(
        idle: Double? = nil, close: Double = 5, halfClose: Double = 30, ping: Double? = nil, timeout: Double = 20,
        maximumMessage: UInt64 = .max
    ) -> TunnelRules {
        func span(_ seconds: Double?) -> Moment.Span {
            seconds.map { Moment.Span(nanoseconds: UInt64($0 * 1_000_000_000)) } ?? .unbounded
        }
        return TunnelRules(
            idle: span(idle), close: span(close), halfClose: span(halfClose), pingInterval: span(ping), pingTimeout: span(timeout),
            maximumMessage: maximumMessage)
    }
}
