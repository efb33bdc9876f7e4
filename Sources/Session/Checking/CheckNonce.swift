/// What is random in one check, so that no answer can be an older one's (RFC 6455 4.1, 5.3).
struct CheckNonce: Sendable {
    /// The value of `Sec-WebSocket-Key`: 24 characters of Base64.
    let key: [UInt8]
    /// The only right `Sec-WebSocket-Accept`.
    let accept: [UInt8]
    /// The payload of the ping.
    let tag: UInt64
    /// One for each frame.
    let pingMask: UInt32
    let textMask: UInt32
    let closeMask: UInt32

    init(accept: (_ key: [UInt8]) -> [UInt8], using random: inout some RandomNumberGenerator) {
        key = Self.base64(random.next(), random.next())
        self.accept = accept(key)
        tag = random.next()
        pingMask = random.next()
        textMask = random.next()
        closeMask = random.next()
    }

    /// 16 bytes, the highest first, as 24 characters (RFC 4648 4).
    static func base64(_ high: UInt64, _ low: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in [high, low] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word &>> shift)) }
        }
        var text: [UInt8] = []
        for start in stride(from: 0, to: 16, by: 3) {
            let group = bytes[start...].prefix(3)
            var value: UInt32 = 0
            for byte in group { value = value &<< 8 | UInt32(byte) }
            value &<<= UInt32(8 * (3 - group.count))
            for position in 0..<4 {
                let isPadding = position > group.count
                text.append(isPadding ? UInt8(ascii: "=") : digit(value &>> UInt32(18 - 6 * position)))
            }
        }
        return text
    }

    /// Of the low six bits.
    private static func digit(_ value: UInt32) -> UInt8 {
        let six = UInt8(truncatingIfNeeded: value & 0x3F)
        return switch six {
        case 0...25: UInt8(ascii: "A") &+ six
        case 26...51: UInt8(ascii: "a") &+ six &- 26
        case 52...61: UInt8(ascii: "0") &+ six &- 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
