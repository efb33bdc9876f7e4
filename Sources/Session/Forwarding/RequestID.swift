/// Under what name a request is told to its backend and in the log: 128 random bits, or what a trusted peer called it.
///
/// The digits of a random one are written where they are read: most requests need them once, in one head.
public struct RequestID: Sendable, Equatable, ExpressibleByStringLiteral {
    private enum Name: Sendable, Equatable {
        case random(UInt64, UInt64)
        case given(String)
    }

    private let name: Name

    /// 32 hexadecimal digits; the bits should be random.
    public init(_ high: UInt64, _ low: UInt64) {
        name = .random(high, low)
    }

    /// As it is; control bytes are left out where it goes into a head.
    public init(_ text: String) {
        name = .given(text)
    }

    public init(stringLiteral text: String) {
        self.init(text)
    }

    public var text: String {
        switch name {
        case .given(let text): return text
        case .random:
            let writer = HeadWriter()
            write(to: writer)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    func write(to writer: HeadWriter) {
        switch name {
        case .given(let text): writer.value(text.utf8)
        case .random(let high, let low):
            writer.hexadecimal(high)
            writer.hexadecimal(low)
        }
    }
}
