import Wire

/// Reads the frames of a backend that is being checked, and keeps the payload of what may be an answer (RFC 6455 5.2, 5.4, 5.5).
///
/// It holds one text message of at most `longestMessage` bytes and one pong. Messages that are longer, and binary ones, are passed over.
struct CheckFrames: Sendable {
    enum Event: Sendable, Equatable {
        case pong([UInt8])
        /// A whole text message, unfragmented or put together. Whether it is UTF-8 is not asked.
        case text([UInt8])
        /// A Close begins.
        case close
        /// No endpoint would accept this; nothing is read any more.
        case broken
    }

    /// Bytes of payload a message may have to be looked at.
    static let longestMessage = 16 * 1024

    /// The header under way: at most 10 bytes, a server's frames have no mask.
    private var header: [UInt8] = []
    private var payloadLeft: UInt64 = 0
    private var isInPayload = false
    /// Of the frame under way.
    private var first: UInt8 = 0
    private var control: [UInt8] = []
    private var message: [UInt8] = []
    /// Of the message under way; 0 between messages.
    private var messageOpcode: UInt8 = 0
    private var isTooLong = false
    private var isBroken = false

    /// Reads on at `position`, and moves it behind what was read; nil when all of `bytes` was read and nothing is to be told.
    mutating func next(_ bytes: Span<UInt8>, from position: inout Int) -> Event? {
        while !isBroken {
            if isInPayload {
                takePayload(bytes, &position)
                guard payloadLeft == 0 else { return nil }
                isInPayload = false
                if let event = frameEnded() { return event }
            } else {
                guard position < bytes.count else { return nil }
                header.append(bytes[position])
                position += 1
                if let event = headerGrew() { return event }
            }
        }
        position = bytes.count
        return nil
    }

    /// nil for a header that is right so far.
    private mutating func headerGrew() -> Event? {
        if header.count == 1 { return begins(header[0]) ? nil : broken() }
        let short = header[1] & 0x7F
        // A server does not mask; a control frame is short (5.1, 5.5).
        guard header[1] & 0x80 == 0, short <= 125 || first & 0x08 == 0 else { return broken() }
        let width = short < 126 ? 0 : short == 126 ? 2 : 8
        guard header.count == 2 + width else { return nil }
        payloadLeft = width == 0 ? UInt64(short) : header.dropFirst(2).reduce(0) { $0 &<< 8 | UInt64($1) }
        guard payloadLeft >> 63 == 0 else { return broken() }
        header.removeAll(keepingCapacity: true)
        control.removeAll(keepingCapacity: true)
        isInPayload = true
        return first == 0x88 ? .close : nil
    }

    private mutating func begins(_ byte: UInt8) -> Bool {
        first = byte
        let isFinal = byte & 0x80 != 0
        // No extension was offered, so no reserved bit has a meaning.
        guard byte & 0x70 == 0 else { return false }
        switch byte & 0x0F {
        case 0: return messageOpcode != 0
        case 1, 2:
            guard messageOpcode == 0 else { return false }
            messageOpcode = byte & 0x0F
            message = []
            isTooLong = false
            return true
        case 8, 9, 10: return isFinal
        default: return false
        }
    }

    private mutating func takePayload(_ bytes: Span<UInt8>, _ position: inout Int) {
        let here = UInt64(clamping: bytes.count - position)
        let count = Int(clamping: min(here, payloadLeft))
        let end = position + count
        payloadLeft -= UInt64(clamping: count)
        if first & 0x08 != 0 {
            for index in position..<end { control.append(bytes[index]) }
        } else if messageOpcode == 1, !isTooLong {
            if message.count + count <= Self.longestMessage {
                for index in position..<end { message.append(bytes[index]) }
            } else {
                isTooLong = true
                message = []
            }
        }
        position = end
    }

    private mutating func frameEnded() -> Event? {
        guard first & 0x08 == 0 else { return first == 0x8A ? .pong(control) : nil }
        guard first & 0x80 != 0 else { return nil }
        defer {
            messageOpcode = 0
            message = []
        }
        return messageOpcode == 1 && !isTooLong ? .text(message) : nil
    }

    private mutating func broken() -> Event {
        isBroken = true
        return .broken
    }
}
