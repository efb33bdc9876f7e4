import Wire

/// Follows a body as it passes, so that exactly this body is passed on and nothing behind it. It collects nothing.
public struct BodyFollower: Sendable {
    public enum Progress: Sendable, Equatable {
        /// Pass on this many bytes; more follow.
        case more(Int)
        /// Pass on this many bytes: they end it.
        case done(Int)
        /// The framing is broken: its reader must not see a clean end.
        case broken(ChunkedError)
    }

    private enum Framing: Sendable {
        case length(UInt64)
        case chunked(ChunkedScanner)
        case untilClose
    }

    private var framing: Framing
    /// Where the events of an event stream end.
    private var events: EventStreamScanner?

    /// The body of a request.
    init(_ framing: BodyFraming, limits: HeadLimits) {
        self.framing =
            switch framing {
            case .none: .length(0)
            case .length(let count): .length(count)
            case .chunked: .chunked(ChunkedScanner(limits: limits))
            }
    }

    /// The body of an answer to a request of that method.
    init(_ head: borrowing ResponseHead, answering method: Method, limits: HeadLimits) {
        framing =
            switch head.body(answering: method) {
            case .none: .length(0)
            case .length(let count): .length(count)
            case .chunked: .chunked(ChunkedScanner(limits: limits))
            case .untilClose: .untilClose
            }
        if EventStream.isEventStream(head) { events = EventStreamScanner() }
    }

    public var isComplete: Bool {
        if case .length(0) = framing { return true }
        return false
    }

    /// Whether the connection's end is this body's end.
    public var endsWithConnection: Bool {
        if case .untilClose = framing { return true }
        return false
    }

    public var isEventStream: Bool { events != nil }

    mutating func take(_ bytes: Span<UInt8>) -> Progress {
        switch framing {
        case .untilClose:
            events?.take(bytes)
            return .more(bytes.count)
        case .length(let left):
            let here = UInt64(bytes.count)
            guard left > here else {
                framing = .length(0)
                return .done(Int(left))
            }
            framing = .length(left - here)
            return .more(bytes.count)
        case .chunked(let scanner): return takeChunked(bytes, scanner)
        }
    }

    private mutating func takeChunked(_ bytes: Span<UInt8>, _ before: ChunkedScanner) -> Progress {
        var scanner = before
        do throws(ChunkedError) {
            let progress: ChunkedProgress
            if var events {
                progress = try scanner.scan(bytes) { events.take(bytes.extracting($0)) }
                self.events = events
            } else {
                progress = try scanner.scan(bytes)
            }
            framing = progress.isDone ? .length(0) : .chunked(scanner)
            return progress.isDone ? .done(progress.consumed) : .more(progress.consumed)
        } catch {
            return .broken(error)
        }
    }

    // MARK: Words of our own

    /// A comment, framed as the stream is; nil where it would tear an event apart, and in every other body.
    public var comment: [UInt8]? {
        guard isBetweenEvents else { return nil }
        return if case .chunked = framing { Array("8\r\n: ping\n\n\r\n".utf8) } else { Array(": ping\n\n".utf8) }
    }

    /// What ends the stream here as its sender would have ended it; nil as for a comment.
    public var farewell: [UInt8]? {
        guard isBetweenEvents else { return nil }
        return if case .chunked = framing { Array("0\r\n\r\n".utf8) } else { [] }
    }

    /// A stream whose length is told leaves no room for anything.
    private var isBetweenEvents: Bool {
        guard let events, events.isBetweenEvents else { return false }
        return switch framing {
        case .length: false
        case .chunked(let scanner): scanner.isBetweenChunks
        case .untilClose: true
        }
    }
}
