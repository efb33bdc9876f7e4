import Wire

/// One address that a name came to.
public struct FoundAddress: Sendable, Hashable {
    /// The most addresses of one question that are kept.
    public static let most = 1000
    /// What a TTL is held between, in seconds: a name server must neither be asked without a pause nor be able to fix an answer
    /// for days.
    public static let timeToLive: ClosedRange<UInt32> = 1...3600

    public var address: IPAddress
    /// Seconds for which this may be believed, within `timeToLive`: the least of the record's own and of the aliases that led to it.
    public var ttl: UInt32
    /// The SRV record that led here; nil for a question for addresses.
    public var service: ServiceRecord?

    /// A TTL out of bounds is brought within.
    public init(_ address: IPAddress, ttl: UInt32, service: ServiceRecord? = nil) {
        self.address = address
        self.ttl = min(max(ttl, Self.timeToLive.lowerBound), Self.timeToLive.upperBound)
        self.service = service
    }

    /// Where it leads to; whatever else two answers differ in, a connection to one is a connection to the other.
    public var place: Endpoint { Endpoint(ip: address, port: service?.port ?? 0) }

    /// Each place once, in an order that depends on the set alone, at most `most`. By priority, and of one priority the heavier
    /// first; so a place that two records lead to has the better one. Then IPv4 before IPv6: a machine may have an IPv6 address
    /// and no way out.
    public static func arranged(_ found: [FoundAddress]) -> [FoundAddress] {
        var seen: Set<Endpoint> = []
        let keyed = found.map { (key: SortKey($0), found: $0) }.sorted { $0.key < $1.key }
        return Array(keyed.map(\.found).filter { seen.insert($0.place).inserted }.prefix(most))
    }

    private struct SortKey: Comparable {
        let priority: UInt16
        let lightness: UInt16
        let target: String
        let port: UInt16
        let width: Int
        let bytes: [UInt8]
        let ttl: UInt32

        init(_ found: FoundAddress) {
            priority = found.service?.priority ?? 0
            lightness = .max - (found.service?.weight ?? 0)
            target = found.service?.target ?? ""
            port = found.service?.port ?? 0
            bytes = found.address.bytes
            width = bytes.count
            ttl = found.ttl
        }

        static func < (left: SortKey, right: SortKey) -> Bool {
            let one = (left.priority, left.lightness, left.target, left.port, left.width)
            let other = (right.priority, right.lightness, right.target, right.port, right.width)
            guard one == other else { return one < other }
            guard left.bytes == right.bytes else { return left.bytes.lexicographicallyPrecedes(right.bytes) }
            return left.ttl < right.ttl
        }
    }
}

extension IPAddress {
    /// False for what no TCP connection can lead to: 0.0.0.0 and `::` (which would lead to this machine itself), multicast, and IPv6
    /// link-local addresses, which mean nothing without a zone (RFC 4007 6).
    var isDialable: Bool {
        if let v4 { return v4 >> 28 != 0xE && v4 != 0 && v4 != .max }
        let bytes = self.bytes
        let isLinkLocal = bytes.starts(with: [0xFE]) && bytes.dropFirst().first.map { $0 & 0xC0 == 0x80 } == true
        return !isUnspecified && !bytes.starts(with: [0xFF]) && !isLinkLocal
    }
}
