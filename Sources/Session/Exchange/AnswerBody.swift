import Wire

/// Follows the body of an answer that is no 101, so that exactly this answer is passed on and nothing behind it.
package struct AnswerBody: Sendable {
    package enum Progress: Sendable, Equatable {
        /// Pass on this many bytes; more follow.
        case more(Int)
        /// Pass on this many bytes: they end it.
        case done(Int)
        /// The framing is broken: the client must not see a clean end.
        case broken
    }

    private enum Framing: Sendable {
        case length(UInt64)
        case chunked(ChunkedScanner)
        case untilClose
    }

    private var framing: Framing

    init(_ head: borrowing ResponseHead, limits: HeadLimits) {
        framing =
            switch head.body(answering: .get) {
            case .none: .length(0)
            case .length(let count): .length(count)
            case .chunked: .chunked(ChunkedScanner(limits: limits))
            case .untilClose: .untilClose
            }
    }

    /// Whether the connection's end is this body's end.
    package var endsWithConnection: Bool {
        if case .untilClose = framing { return true }
        return false
    }

    mutating func take(_ bytes: Span<UInt8>) -> Progress {
        switch framing {
        case .untilClose:
            return .more(bytes.count)
        case .length(let left):
            let here = UInt64(bytes.count)
            guard left > here else {
                framing = .length(0)
                return .done(Int(left))
            }
            framing = .length(left - here)
            return .more(bytes.count)
        case .chunked(var scanner):
            do throws(ChunkedError) {
                let progress = try scanner.scan(bytes)
                framing = progress.isDone ? .length(0) : .chunked(scanner)
                return progress.isDone ? .done(progress.consumed) : .more(progress.consumed)
            } catch {
                return .broken
            }
        }
    }
}
