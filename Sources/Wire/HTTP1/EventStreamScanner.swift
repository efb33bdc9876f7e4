/// Follows the data of a `text/event-stream` body (WHATWG HTML, "Parsing an event stream") just far enough to know where
/// a comment of ours may stand without landing in somebody's event.
///
/// Lines end with CR LF, LF or CR; an empty line ends an event. It keeps a few bits and reads nothing but line ends, so an
/// event may be as long as it likes.
public struct EventStreamScanner: Sendable {
    /// Where the next byte falls.
    private enum Place: Sendable {
        /// Nothing came yet: a byte order mark may.
        case start
        /// Behind one or two bytes of a byte order mark.
        case mark(Int)
        /// At a line's start, with nothing of an event before it.
        case betweenEvents
        /// At the start of a line that is not an event's first.
        case lineStart
        case inLine
        /// Behind a CR: a LF would belong to it. `endsEvent`: the line that it ended was empty.
        case afterReturn(endsEvent: Bool)
    }

    private var place = Place.start

    /// At the beginning of a stream.
    public init() {}

    /// Whether the next byte begins an event: at the very start, or right behind an empty line.
    ///
    /// Behind a CR it is false until the next byte shows that no LF belongs to it; a stream whose lines end with lone CRs
    /// therefore never is between events. A byte order mark counts only as the stream's first bytes, so a comment put at
    /// the very start robs a mark that comes later of its meaning; hardly a stream has one.
    public var isBetweenEvents: Bool {
        switch place {
        case .start, .betweenEvents: true
        case .mark, .lineStart, .inLine, .afterReturn: false
        }
    }

    /// Takes the bytes that came since the last call: the body's data without its chunk framing.
    public mutating func take(_ bytes: Span<UInt8>) {
        var index = 0
        while index < bytes.count {
            if case .inLine = place {
                while index < bytes.count, !EventStreamScanner.isLineEnd(bytes[index]) { index &+= 1 }
                guard index < bytes.count else { return }
            }
            take(bytes[index])
            index &+= 1
        }
    }

    private mutating func take(_ byte: UInt8) {
        switch place {
        case .start, .mark:
            if !takesMark(byte) { place = next(byte, atLineStart: isBetweenEvents) }
        case .betweenEvents, .lineStart:
            place = next(byte, atLineStart: true)
        case .inLine:
            place = next(byte, atLineStart: false)
        case .afterReturn(let endsEvent):
            if byte == ASCII.lineFeed {
                place = endsEvent ? .betweenEvents : .lineStart
            } else {
                place = next(byte, atLineStart: true)
            }
        }
    }

    private func next(_ byte: UInt8, atLineStart: Bool) -> Place {
        switch byte {
        case ASCII.carriageReturn: .afterReturn(endsEvent: atLineStart)
        case ASCII.lineFeed: atLineStart ? .betweenEvents : .lineStart
        default: .inLine
        }
    }

    /// Follows the three bytes of U+FEFF in UTF-8; behind them the stream still is at its beginning.
    private mutating func takesMark(_ byte: UInt8) -> Bool {
        switch (place, byte) {
        case (.start, 0xEF): place = .mark(1)
        case (.mark(1), 0xBB): place = .mark(2)
        case (.mark(2), 0xBF): place = .betweenEvents
        default: return false
        }
        return true
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == ASCII.lineFeed || byte == ASCII.carriageReturn
    }
}
