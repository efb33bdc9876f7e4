import DataPlane
import Settings
import Transport
import Wire

extension Preparer {
    /// Where each backend is: as written, or by its name. What cannot be resolved is a problem, unless an earlier answer is in
    /// force; then that one is kept, with a warning, and the name is among `unresolved`.
    func locateBackends(
        _ settings: Settings, _ answers: NameAnswers, previous: Preparation?, into found: inout Problems
    ) -> (addresses: [BackendKey: [SocketAddress]], unresolved: Set<String>) {
        var addresses: [BackendKey: [SocketAddress]] = [:]
        var unresolved: Set<String> = []
        for (key, backend) in Self.backends(settings) {
            if let path = backend.unixPath {
                if let address = try? SocketAddress(unixPath: path) { addresses[key] = [address] }
            } else {
                let known = previous?.backends[key]?.addresses ?? []
                switch answers.answer(for: backend) {
                case .addresses(let candidates):
                    let usable = NameAnswers.addresses(candidates, port: backend.port, known: known)
                    if !usable.isEmpty { addresses[key] = usable }
                case .failed(let reason):
                    unresolved.insert(backend.host)
                    guard !known.isEmpty else {
                        found.errors.append(Self.unresolved(backend, reason))
                        continue
                    }
                    addresses[key] = known
                    found.warnings.append(Self.kept(backend, known, reason))
                }
            }
            if addresses[key] == nil { found.errors.append(Self.unusable(backend)) }
        }
        return (addresses, unresolved)
    }

    /// Each backend with its key, in the order of the configuration.
    static func backends(_ settings: Settings) -> [(key: BackendKey, backend: BackendSettings)] {
        settings.pools.flatMap { pool in
            pool.backends.map { (BackendKey(pool: pool.name, backend: $0.label), $0) }
        }
    }

    private static func unusable(_ backend: BackendSettings) -> Problem {
        let message =
            backend.unixPath.map { "\($0) cannot be the path of a Unix socket" } ?? "\(backend.host) is no address to connect to"
        return Problem(at: backend.source, message: message, remedy: "write another one")
    }

    private static func unresolved(_ backend: BackendSettings, _ reason: String) -> Problem {
        Problem(
            at: backend.source, message: "\(backend.host) cannot be resolved: \(reason)",
            remedy: "correct the name, or write an address")
    }

    private static func kept(_ backend: BackendSettings, _ known: [SocketAddress], _ reason: String) -> Problem {
        let first = known.first?.ip.map { "\($0)" } ?? "its earlier address"
        let rest = known.count > 1 ? " and \(known.count - 1) more are kept" : " is kept"
        return Problem(
            at: backend.source, message: "\(backend.host) cannot be resolved: \(reason); \(first)\(rest)",
            remedy: "correct the name, or write an address")
    }
}
