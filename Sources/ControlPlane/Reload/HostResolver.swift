import DataPlane
import Glibc
import Wire

/// Turns host names into addresses by the system's resolver. It may wait for seconds, so it is asked on threads
/// of their own, and never by a worker.
package struct HostResolver: Sendable {
    /// What a name came to.
    package enum Answer: Sendable, Equatable {
        /// In the order of preference (RFC 6724); never empty.
        case addresses([IPAddress])
        /// The resolver's reason.
        case failed(String)
    }

    /// Names that are asked for at the same time: a name server that does not answer then costs its timeout once.
    private static let atOnce = 16

    private let lookUp: @Sendable (String) -> Answer

    /// - Parameter lookUp: blocks until it knows; called from several threads at once.
    package init(lookUp: @escaping @Sendable (String) -> Answer) {
        self.lookUp = lookUp
    }

    /// getaddrinfo(3): the hosts file, then DNS, as the system is told.
    package static let system = HostResolver(lookUp: Self.ask)

    /// An answer for each of `names`; a name that has none after `seconds` has failed.
    package func resolve(_ names: Set<String>, within seconds: Int = 30) -> [String: Answer] {
        guard !names.isEmpty else { return [:] }
        let work = ResolverWork(names: names, lookUp: lookUp)
        var threads = 0
        while threads < min(Self.atOnce, names.count) {
            guard (try? Thread { work.run() }.start(name: "resolve")) != nil else { break }
            threads += 1
        }
        // A machine short of threads still gets its answers, without a bound on the time.
        if threads == 0 { work.run() }
        return work.answers(count: names.count, within: seconds)
    }

    private static func ask(_ name: String) -> Answer {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(name, nil, &hints, &list)
        guard result == 0 else { return .failed(String(cString: gai_strerror(result))) }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var entry = list
        while let current = entry {
            if let address = address(current.pointee), !addresses.contains(address) { addresses.append(address) }
            entry = current.pointee.ai_next
        }
        return addresses.isEmpty ? .failed("the answer holds no address") : .addresses(addresses)
    }

    private static func address(_ entry: addrinfo) -> IPAddress? {
        guard let raw = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET where Int(entry.ai_addrlen) >= MemoryLayout<sockaddr_in>.size:
            let part = UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in.self).sin_addr
            return withUnsafeBytes(of: part) { IPAddress(bytes: Array($0)) }
        case AF_INET6 where Int(entry.ai_addrlen) >= MemoryLayout<sockaddr_in6>.size:
            let part = UnsafeRawPointer(raw).loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return withUnsafeBytes(of: part) { IPAddress(bytes: Array($0)) }
        default: return nil
        }
    }
}
