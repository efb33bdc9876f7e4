import Wire

/// One side of a tunnel: what it has sent, how it lives, and what waits to be put into the stream of its frames on their
/// way to the other side.
public struct Half: Sendable {
    /// How a side's stream came to its end.
    public enum Ending: Sendable, Equatable {
        /// FIN, over TLS after close_notify.
        case fin
        case reset
        /// Over TLS: FIN without close_notify.
        case truncated
        case tlsFailed
    }

    var scanner: FrameScanner
    var stops: FrameScanner.Stops

    /// When anything was last heard from this side.
    public internal(set) var heardAt: Moment
    /// The tag of our ping that this side has not answered; 0 for none.
    var pingTag: UInt64 = 0
    var pingSentAt = Moment(nanoseconds: 0)
    /// The answer to that ping decides whether this side lives. Not the same as `pingTag`: a side that was heard meanwhile
    /// lives, and yet its late answer is not for the other side.
    var awaitsPong = false
    /// The answer was due at the last check already.
    var isPongOverdue = false

    /// Our Close that waits for a frame boundary in this side's stream, toward the other side.
    var pendingClose: CloseCode?
    /// A ping toward the other side waits for a frame boundary in this side's stream.
    var pendingPing = false
    /// Our Close went out in this side's stream: nothing of it follows.
    public internal(set) var isMuted = false

    /// This side sent a Close frame.
    public internal(set) var hasClosed = false
    /// That Close went on to the other side, which then hears none of ours. Not so for an answer to our own Close.
    var hasPassedClose = false
    /// This side sends no more.
    public internal(set) var hasEnded = false
    /// Its last bytes were the beginning of a frame, which the scanner has not taken for one.
    var endsInsideFrame = false
    /// Nor can anything be sent to it.
    public internal(set) var isDead = false
    /// It shall hear our FIN once everything before it is sent.
    public internal(set) var wantsFin = false
    public internal(set) var finSent = false
    /// It shall be reset.
    public internal(set) var wantsReset = false

    init(sender: FrameScanner.Sender, extensions: Bool, rules: TunnelRules, now: Moment) {
        scanner = FrameScanner(sender: sender, allowsReservedBits: extensions)
        stops = FrameScanner.Stops(maximumMessage: rules.maximumMessage)
        heardAt = now
    }

    /// The scanner is told to stop at the next boundary exactly while something waits for one.
    mutating func refreshStops() {
        stops.atBoundary = scanner.isTracking && !isMuted && (pendingClose != nil || pendingPing)
    }

    /// Whether a frame of ours may be put behind what this side has said.
    var isAtBoundary: Bool { scanner.isAtBoundary && !endsInsideFrame }

    /// A boundary is here or may yet come: an ended side says nothing more that could complete a frame.
    var mayReachBoundary: Bool { isAtBoundary || !hasEnded }

    /// It has ended, and heard all we had to say.
    var isGone: Bool { isDead || (hasEnded && finSent) }
}
