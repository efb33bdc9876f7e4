/// An IPv4 or IPv6 address (RFC 791, RFC 4291) without a port, a zone or a name.
///
/// An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2) IS the IPv4 address: a socket that serves both
/// families hands out the mapped form, and a rule written for `192.0.2.0/24` must hold for it. Both spellings are
/// therefore one value, equal and hashed alike.
public struct IPAddress: Hashable, Sendable {
    /// The upper 64 bits of the IPv6 form, in host order; zero for IPv4.
    let high: UInt64
    /// The lower 64 bits of the IPv6 form, in host order; `0x0000ffff_aabbccdd` for IPv4.
    let low: UInt64

    /// Bits 32...47 of `low` in a mapped IPv4 address.
    static let mappedMark: UInt64 = 0xffff

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The IPv4 address whose 32 bits, in host order, are `v4`: `0x7f000001` is 127.0.0.1.
    public init(v4: UInt32) {
        self.init(high: 0, low: Self.mappedMark << 32 | UInt64(v4))
    }

    /// The address in network order: 4 bytes are IPv4, 16 are IPv6; any other count is nil.
    public init?(bytes: Span<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in bytes.indices {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(bytes[index])
        }
        if bytes.count == 4 { self.init(v4: UInt32(truncatingIfNeeded: low)) } else { self.init(high: high, low: low) }
    }

    /// The same for an array.
    public init?(bytes: [UInt8]) {
        self.init(bytes: bytes.span)
    }

    /// True for IPv4, in its own or in its mapped spelling.
    public var isIPv4: Bool { high == 0 && low >> 32 == Self.mappedMark }

    /// The 32 bits of an IPv4 address in host order; nil for IPv6.
    public var v4: UInt32? { isIPv4 ? UInt32(truncatingIfNeeded: low) : nil }

    /// The address in network order: 4 bytes for IPv4, 16 for IPv6.
    public var bytes: [UInt8] {
        if let v4 {
            return (0..<4).map { UInt8(truncatingIfNeeded: v4 >> (24 - 8 * UInt32($0))) }
        }
        return [high, low].flatMap { half in
            (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) }
        }
    }

    /// 127.0.0.0/8 (RFC 1122 3.2.1.3) or `::1` (RFC 4291 2.5.3).
    public var isLoopback: Bool {
        if let v4 { return v4 >> 24 == 127 }
        return high == 0 && low == 1
    }

    /// `0.0.0.0` or `::`: as a bind, every address of the machine.
    public var isUnspecified: Bool {
        if let v4 { return v4 == 0 }
        return high == 0 && low == 0
    }
}
