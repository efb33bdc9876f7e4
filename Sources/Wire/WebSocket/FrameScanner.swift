/// Follows the frames of one direction of a tunnel by their headers alone.
///
/// It never copies, unmasks or keeps payload. Headers must lie whole in the bytes it is given: where the last bytes of a
/// read are the beginning of a header (at most 13 bytes), or of a Close or a wanted pong (at most 139), it stops with
/// `.incomplete` and the caller brings those bytes again in front of the next read. So between two calls the stream stands
/// either inside a payload or exactly on a frame boundary.
///
/// When framing stops making sense it says `.lost` once and from then on lets every byte through unread.
public struct FrameScanner: Sendable {
    /// Whose frames these are: a client masks, a backend does not (RFC 6455 section 5.1).
    public enum Sender: Sendable { case client, backend }

    /// What the caller wants to be stopped for.
    public struct Stops: Sendable {
        /// Stop at the next frame boundary: something of ours waits to be sent there.
        public var atBoundary: Bool
        /// Stop at pongs: one may be the answer to our own ping.
        public var atPong: Bool
        /// Largest message in bytes, fragments added up; `.max` for no limit.
        public var maximumMessage: UInt64

        public init(atBoundary: Bool = false, atPong: Bool = false, maximumMessage: UInt64 = .max) {
            self.atBoundary = atBoundary
            self.atPong = atPong
            self.maximumMessage = maximumMessage
        }
    }

    public enum Stop: Sendable, Equatable {
        /// All bytes were walked over.
        case end
        /// The bytes from `Advance.end` on are the beginning of something that must be seen whole.
        case incomplete
        /// A frame boundary, as asked for.
        case boundary
        /// A whole Close frame begins at `Advance.end` and takes this many bytes; the next call starts behind it.
        case close(length: Int)
        /// A whole pong begins at `Advance.end`; the next call starts behind it.
        case pong(length: Int)
        /// The frame at `Advance.end` would make its message larger than allowed. The next call walks on over it.
        case tooBig
        /// The bytes from `Advance.end` on are no frame that any endpoint would accept.
        case lost
    }

    public struct Advance: Sendable, Equatable {
        /// Everything before this offset has been walked over.
        public let end: Int
        public let stop: Stop
    }

    public let sender: Sender
    /// Whether an extension was negotiated, so that RSV bits may be set.
    public let allowsReservedBits: Bool
    /// False once framing stopped making sense.
    public private(set) var isTracking = true
    /// Frames and messages since the last `takeTally`.
    public private(set) var tally = FrameTally()

    private var payloadLeft: UInt64 = 0
    private var messageBytes: UInt64 = 0
    /// Opcode of the message under way; 0 between messages.
    private var messageOpcode: UInt8 = 0
    private var payloadEndsMessage = false
    private var payloadIsControl = false
    private var isOversized = false

    public init(sender: Sender, allowsReservedBits: Bool = false) {
        self.sender = sender
        self.allowsReservedBits = allowsReservedBits
    }

    /// Whether a frame of ours may be put here without landing inside one of the peer's.
    public var isAtBoundary: Bool { isTracking && payloadLeft == 0 }

    /// Whether a data frame is half through. Meaningful while tracking.
    public var isInsideData: Bool { payloadLeft > 0 && !payloadIsControl }

    public mutating func takeTally() -> FrameTally {
        let taken = tally
        tally = FrameTally()
        return taken
    }

    /// Walks over `bytes` from `start` until something has to be told.
    public mutating func advance(_ bytes: Span<UInt8>, from start: Int, stops: Stops) -> Advance {
        var offset = start
        guard isTracking else { return Advance(end: bytes.count, stop: .end) }
        while true {
            if payloadLeft > 0 {
                let here = UInt64(bytes.count - offset)
                if payloadLeft > here {
                    payloadLeft -= here
                    return Advance(end: bytes.count, stop: .end)
                }
                offset += Int(payloadLeft)
                payloadLeft = 0
                if payloadEndsMessage { endMessage() }
            }
            if stops.atBoundary { return Advance(end: offset, stop: .boundary) }
            if offset == bytes.count { return Advance(end: offset, stop: .end) }
            guard let header = FrameHeader(bytes, at: offset) else {
                return Advance(end: offset, stop: .incomplete)
            }
            guard isSensible(header) else {
                isTracking = false
                return Advance(end: offset, stop: .lost)
            }
            if header.isControl {
                if let stop = control(header, available: bytes.count - offset, stops: stops) {
                    return Advance(end: offset, stop: stop)
                }
                offset += header.length
                payloadLeft = header.payloadLength
                payloadEndsMessage = false
                payloadIsControl = true
            } else {
                if exceeds(header, stops.maximumMessage) {
                    isOversized = true
                    return Advance(end: offset, stop: .tooBig)
                }
                begin(header)
                offset += header.length
            }
        }
    }

    /// A control frame: nil when it may simply pass.
    private mutating func control(_ header: FrameHeader, available: Int, stops: Stops) -> Stop? {
        let whole = header.length + Int(truncatingIfNeeded: header.payloadLength)
        switch header.opcode {
        case 0x8:
            guard available >= whole else { return .incomplete }
            tally.closes &+= 1
            return .close(length: whole)
        case 0xA where stops.atPong:
            guard available >= whole else { return .incomplete }
            tally.pongs &+= 1
            return .pong(length: whole)
        case 0xA:
            tally.pongs &+= 1
        default:
            tally.pings &+= 1
        }
        return nil
    }

    /// The size rule is asked once a message: after `.tooBig` the rest of that message walks through.
    private func exceeds(_ header: FrameHeader, _ maximum: UInt64) -> Bool {
        guard maximum != .max, !isOversized else { return false }
        let (sum, overflow) = messageBytes.addingReportingOverflow(header.payloadLength)
        return overflow || sum > maximum
    }

    private mutating func begin(_ header: FrameHeader) {
        if header.opcode != 0 { messageOpcode = header.opcode }
        payloadLeft = header.payloadLength
        payloadEndsMessage = header.isFinal
        payloadIsControl = false
        if header.isFinal {
            if payloadLeft == 0 { endMessage() }
        } else {
            tally.fragments &+= 1
            let (sum, overflow) = messageBytes.addingReportingOverflow(header.payloadLength)
            messageBytes = overflow ? .max : sum
        }
    }

    private mutating func endMessage() {
        if messageOpcode == 1 { tally.texts &+= 1 } else { tally.binaries &+= 1 }
        messageOpcode = 0
        messageBytes = 0
        payloadEndsMessage = false
        isOversized = false
    }

    /// Whether a strict endpoint could go on after this header. Lengths that are not minimal are left to the endpoint: they
    /// do not make the boundary uncertain.
    private func isSensible(_ header: FrameHeader) -> Bool {
        if header.isMasked != (sender == .client) { return false }
        if header.reservedBits != 0 && !allowsReservedBits { return false }
        if header.isControl {
            return header.isFinal && header.payloadLength <= 125 && header.opcode <= 0xA
        }
        if header.payloadLength >> 63 != 0 { return false }
        return switch header.opcode {
        case 0: messageOpcode != 0
        case 1, 2: messageOpcode == 0
        default: false
        }
    }
}
