import DataPlane
import Settings
import Transport
import Wire

extension Preparer {
    /// The address of each backend: as written, or by its name. What cannot be resolved is a problem, unless an earlier
    /// answer is in force; then that one is kept, with a warning.
    func resolveBackends(
        _ settings: Settings, previous: Preparation?, into found: inout Problems
    ) -> [BackendKey: SocketAddress] {
        let backends = settings.pools.flatMap { pool in pool.backends.map { (pool: pool.name, backend: $0) } }
        let names = Set(backends.filter { $0.backend.address == nil }.map(\.backend.host))
        let answers = resolver.resolve(names)
        var addresses: [BackendKey: SocketAddress] = [:]
        for (pool, backend) in backends {
            let key = BackendKey(pool: pool, backend: backend.label)
            let known = previous?.addresses[key]
            switch backend.address.map({ .addresses([$0]) }) ?? answers[backend.host] ?? .failed("no answer in time") {
            case .addresses(let candidates):
                addresses[key] = Self.address(candidates, port: backend.port, known: known)
                if addresses[key] == nil { found.errors.append(Self.unusable(backend)) }
            case .failed(let reason):
                if let known {
                    addresses[key] = known
                    found.warnings.append(Self.kept(backend, known, reason))
                } else {
                    found.errors.append(Self.unresolved(backend, reason))
                }
            }
        }
        return addresses
    }

    /// The address in force as long as the name still has it: a name server that turns its answers round must not move a
    /// backend at each reload. Else the first.
    private static func address(_ candidates: [IPAddress], port: UInt16, known: SocketAddress?) -> SocketAddress? {
        if let known, let ip = known.ip, known.port == port, candidates.contains(ip) { return known }
        return candidates.first.flatMap { try? SocketAddress($0, port: port) }
    }

    private static func unusable(_ backend: BackendSettings) -> Problem {
        Problem(at: backend.source, message: "\(backend.host) is no address to connect to", remedy: "write another host")
    }

    private static func unresolved(_ backend: BackendSettings, _ reason: String) -> Problem {
        Problem(
            at: backend.source, message: "\(backend.host) cannot be resolved: \(reason)",
            remedy: "correct the name, or write an address")
    }

    private static func kept(_ backend: BackendSettings, _ known: SocketAddress, _ reason: String) -> Problem {
        let address = known.ip.map { "\($0)" } ?? "its earlier address"
        return Problem(
            at: backend.source, message: "\(backend.host) cannot be resolved: \(reason); \(address) is kept",
            remedy: "correct the name, or write an address")
    }
}
