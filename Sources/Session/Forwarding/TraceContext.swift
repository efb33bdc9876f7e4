import Wire

/// W3C Trace Context, level 1: the `traceparent` of a request that has none, or one that makes no sense.
enum TraceContext {
    /// Whether `value` is a `traceparent` that the next recipient can read: version, trace and parent in lower-case
    /// hexadecimal, neither id all zero, version `ff` never, and nothing behind the flags in version `00`.
    static func isValid(_ value: ArraySlice<UInt8>) -> Bool {
        let bytes = value.span
        guard bytes.count >= 55, bytes[2] == 0x2D, bytes[35] == 0x2D, bytes[52] == 0x2D else { return false }
        guard isHex(bytes, 0..<2), isHex(bytes, 3..<35), isHex(bytes, 36..<52), isHex(bytes, 53..<55) else { return false }
        guard !(bytes[0] == 0x66 && bytes[1] == 0x66), !isZero(bytes, 3..<35), !isZero(bytes, 36..<52) else { return false }
        guard bytes.count > 55 else { return true }
        let isFirstVersion = bytes[0] == 0x30 && bytes[1] == 0x30
        return !isFirstVersion && bytes[55] == 0x2D
    }

    /// A new trace, sampled. Ids that would be all zero, which is no id, become 1.
    static func made(trace: (high: UInt64, low: UInt64), span: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(55)
        bytes += "00-".utf8
        appendHex(trace.high, to: &bytes)
        appendHex(trace.high == 0 && trace.low == 0 ? 1 : trace.low, to: &bytes)
        bytes.append(0x2D)
        appendHex(span == 0 ? 1 : span, to: &bytes)
        bytes += "-01".utf8
        return bytes
    }

    private static func appendHex(_ value: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let nibble = UInt8(truncatingIfNeeded: value >> shift) & 0x0F
            bytes.append(nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble)
        }
    }

    private static func isHex(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.allSatisfy { index in
            switch bytes[index] {
            case 0x30...0x39, 0x61...0x66: true
            default: false
            }
        }
    }

    private static func isZero(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.allSatisfy { bytes[$0] == 0x30 }
    }
}
