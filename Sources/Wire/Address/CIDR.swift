/// A block of addresses in CIDR notation (RFC 4632, RFC 4291 2.3): `10.0.0.0/8`, `2001:db8::/32`.
///
/// A block holds addresses of its own family only: `::/0` does not hold 192.0.2.1. An IPv4-mapped address is IPv4
/// (see `IPAddress`), so `::ffff:10.0.0.0/104` is another spelling of `10.0.0.0/8`.
public struct CIDR: Hashable, Sendable, CustomStringConvertible {
    /// The first address of the block.
    public let base: IPAddress
    /// Significant bits: 0...32 for IPv4, 0...128 for IPv6.
    public let prefixLength: Int

    /// Reads `ADDRESS/BITS`; a bare address is a block of one (/32 or /128).
    ///
    /// Refused with nil: host bits that are set (`10.0.0.1/8` is more likely a slip than a wish), a prefix that is too
    /// long, signed, zero-padded or missing after the slash, and every address that `IPAddress` refuses.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(Substring(first))) else { return nil }
        let width = address.isIPv4 ? 32 : 128
        base = address
        guard parts.count == 2, let bits = parts.last else {
            prefixLength = width
            return
        }
        guard var length = Self.decimal(bits) else { return nil }
        if address.isIPv4, first.contains(UInt8(ascii: ":")) { length -= 96 }
        guard (0...width).contains(length) else { return nil }
        prefixLength = length
        guard Self.masked(address, to: length) == address else { return nil }
    }

    /// True when `address` is of the block's family and shares its prefix.
    public func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == base.isIPv4 && Self.masked(address, to: prefixLength) == base
    }

    /// `10.0.0.0/8`; a block of one is written with its length too.
    public var description: String { "\(base)/\(prefixLength)" }

    /// `address` with all but its first `length` bits cleared.
    private static func masked(_ address: IPAddress, to length: Int) -> IPAddress {
        let bits = address.isIPv4 ? length + 96 : length
        // Swift's smart shift gives 0 for a distance of 64 and more, which is just the mask that is wanted.
        let highMask = ~(UInt64.max >> min(bits, 64))
        let lowMask = ~(UInt64.max >> max(bits - 64, 0))
        return IPAddress(high: address.high & highMask, low: address.low & lowMask)
    }

    private static func decimal(_ digits: Substring.UTF8View) -> Int? {
        guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        var value = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
