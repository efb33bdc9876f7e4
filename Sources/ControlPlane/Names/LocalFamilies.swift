import Glibc
import Wire

/// Which families of addresses this machine has, so that a name's IPv6 addresses do not become backends of a machine that has IPv4
/// only, nor the other way round (compare AI_ADDRCONFIG of RFC 3493 6.1).
struct LocalFamilies: Sendable, Equatable {
    /// An address beyond this machine: not loopback, not IPv6 link-local.
    var hasIPv4: Bool
    var hasIPv6: Bool

    static let both = LocalFamilies(hasIPv4: true, hasIPv6: true)

    /// False for what cannot be dialed from here. Loopback always can; so can everything on a machine that is alone with itself, where
    /// it makes no difference.
    func canReach(_ address: IPAddress) -> Bool {
        guard address.isDialable else { return false }
        return address.isLoopback || hasIPv4 == hasIPv6 || (address.isIPv4 ? hasIPv4 : hasIPv6)
    }

    /// The interfaces as they are now; `both` when they cannot be read.
    static func ofThisMachine() -> LocalFamilies {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return .both }
        defer { freeifaddrs(list) }
        var families = LocalFamilies(hasIPv4: false, hasIPv6: false)
        var entry = list
        while let current = entry {
            entry = current.pointee.ifa_next
            guard let address = IPAddress(current.pointee.ifa_addr), !address.isLoopback, address.isDialable else { continue }
            if address.isIPv4 { families.hasIPv4 = true } else { families.hasIPv6 = true }
        }
        return families
    }
}

extension IPAddress {
    /// nil for other families, and where there is none. The memory behind it has the size that its family needs.
    init?(_ raw: UnsafePointer<sockaddr>?) {
        guard let raw else { return nil }
        switch Int32(raw.pointee.sa_family) {
        case AF_INET:
            let part = UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in.self).sin_addr
            self.init(bytes: withUnsafeBytes(of: part) { Array($0) })
        case AF_INET6:
            let part = UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in6.self).sin6_addr
            self.init(bytes: withUnsafeBytes(of: part) { Array($0) })
        default: return nil
        }
    }
}
