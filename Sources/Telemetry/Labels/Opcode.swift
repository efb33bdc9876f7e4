/// The kinds of frame that are counted (RFC 6455 section 11.8). Reserved opcodes are not counted at all.
public enum Opcode: String, MetricLabel {
    case continuation
    case text
    case binary
    case close
    case ping
    case pong

    /// The kind named by the low four bits of a frame's first byte; nil for the reserved ones (RFC 6455 section 5.2).
    @inlinable public init?(wire: UInt8) {
        switch wire {
        case 0x0: self = .continuation
        case 0x1: self = .text
        case 0x2: self = .binary
        case 0x8: self = .close
        case 0x9: self = .ping
        case 0xA: self = .pong
        default: return nil
        }
    }

    /// The place of this case, from 0, in constant time: counters are found with it for every message.
    @inlinable public var index: Int {
        switch self {
        case .continuation: 0
        case .text: 1
        case .binary: 2
        case .close: 3
        case .ping: 4
        case .pong: 5
        }
    }
}
