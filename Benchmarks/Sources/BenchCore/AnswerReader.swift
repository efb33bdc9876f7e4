/// Reads answers to plain requests out of whatever pieces a connection delivers, one behind the other, without holding a body. Only
/// bodies of a told length (Content-Length) are known: the backend sends no others, and a proxy has no reason to change that.
package struct AnswerReader {
    /// What the bytes turned out to be, in the order in which they came.
    package enum Event: Equatable {
        /// A whole head.
        case head(status: Int, length: UInt64)
        /// Bytes of the body at `start ..< start + count` of the input. Every answer yields exactly one event with `ended` true, also
        /// one with an empty body.
        case body(start: Int, count: Int, ended: Bool)
    }

    /// No byte could make this an answer whose end is known, or its head is longer than 64 KiB.
    package struct Fault: Error, Equatable {}

    private static let headLimit = 64 * 1024

    /// The beginning of a head whose end has not come.
    private var held: [UInt8] = []
    private var inBody = false
    private var left: UInt64 = 0

    package init() {}

    /// The next event of `bytes` from `cursor` on, which moves behind what was used. `nil` when all bytes are used and more
    /// must come.
    package mutating func next(in bytes: UnsafeRawBufferPointer, cursor: inout Int) throws(Fault) -> Event? {
        if inBody { return body(available: bytes.count, cursor: &cursor) }
        guard cursor < bytes.count else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[cursor...])
        if held.isEmpty, let length = Head.length(of: rest) {
            cursor += length
            return try begin(Self.facts(of: UnsafeRawBufferPointer(rebasing: rest[..<length])))
        }
        let before = held.count
        held.append(contentsOf: rest)
        guard let length = held.withUnsafeBytes({ Head.length(of: $0) }) else {
            guard held.count <= Self.headLimit else { throw Fault() }
            cursor = bytes.count
            return nil
        }
        cursor += length - before
        let facts = held.withUnsafeBytes { Self.facts(of: UnsafeRawBufferPointer(rebasing: $0[..<length])) }
        held.removeAll(keepingCapacity: true)
        return try begin(facts)
    }

    private static func facts(of head: UnsafeRawBufferPointer) -> (status: Int, length: UInt64)? {
        guard let status = Head.status(of: head), let length = Head.field("content-length", in: head).flatMap(Head.number),
            Head.field("transfer-encoding", in: head) == nil
        else { return nil }
        return (status, length)
    }

    private mutating func begin(_ facts: (status: Int, length: UInt64)?) throws(Fault) -> Event {
        guard let facts else { throw Fault() }
        left = facts.length
        inBody = true
        return .head(status: facts.status, length: facts.length)
    }

    private mutating func body(available: Int, cursor: inout Int) -> Event? {
        let here = UInt64(available - cursor)
        if left > 0 && here == 0 { return nil }
        let count = min(left, here)
        let event = Event.body(start: cursor, count: Int(count), ended: count == left)
        cursor += Int(count)
        left -= count
        if left == 0 { inBody = false }
        return event
    }
}
