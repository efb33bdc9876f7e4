import DataPlane
import Settings
import TLS
import Transport

extension Preparer {
    /// How each pool with an encrypted member speaks TLS, by the pool's name; nothing for a pool whose problems were added to
    /// `found`. A context in force is kept, and with it the sessions to resume, while its options and files are the same; one that
    /// believes the system's authorities is made anew.
    ///
    /// A client certificate out of its time is told apart: a backend may refuse it, yet serving goes on.
    func loadClients(
        _ settings: Settings, previous: Preparation?, into found: inout Problems
    ) -> (clients: [String: PoolClient], outOfTime: [Problem]) {
        var clients: [String: PoolClient] = [:]
        var outOfTime: [Problem] = []
        var made: [PoolClient.Origin: PoolClient] = [:]
        for client in previous?.clients.values.map({ $0 }) ?? [] where client.origin.outlivesReload {
            made[client.origin] = client
        }
        for pool in settings.pools {
            let encrypted = pool.backends.filter(\.scheme.isEncrypted)
            guard !encrypted.isEmpty else { continue }
            // Targets of SRV records show only when they are asked for.
            let names = encrypted.filter { !$0.isService || pool.tls.serverName != nil }.map { Self.serverName($0, of: pool) }
            // Looked at before the files are read: a change in between is found by the next reload.
            let origin = PoolClient.Origin(ClientOptions(pool.tls))
            let problems = ClientContext.problems(origin.options, names: Array(Set(names)).sorted(), now: now())
            outOfTime += problems.filter(\.isWarning).map { Problem($0, of: pool) }
            var errors = problems.filter { !$0.isWarning }
            if errors.isEmpty, made[origin] == nil {
                do throws(TLSProblem) {
                    made[origin] = PoolClient(origin: origin, context: try ClientContext(origin.options))
                } catch {
                    // The files changed between the two readings.
                    errors.append(error)
                }
            }
            if errors.isEmpty { clients[pool.name] = made[origin] }
            found.errors += errors.map { Problem($0, of: pool) }
        }
        return (clients, outOfTime)
    }

    /// Backends with everything that dialling them needs. One without an address, or without the context it needs, is left out:
    /// then a problem was found.
    static func prepared(
        _ settings: Settings, addresses: [BackendKey: [SocketAddress]], clients: [String: PoolClient], previous: Preparation?
    ) -> [BackendKey: PreparedBackend] {
        var prepared: [BackendKey: PreparedBackend] = [:]
        for pool in settings.pools {
            let client = clients[pool.name]
            let isKept = client.map { previous?.clients[pool.name]?.context === $0.context } ?? false
            for backend in pool.backends {
                let key = BackendKey(pool: pool.name, backend: backend.label)
                guard let found = addresses[key] else { continue }
                var identity: BackendIdentity?
                if backend.scheme.isEncrypted {
                    guard let client else { continue }
                    let name = serverName(backend, of: pool)
                    let known = isKept ? previous?.backends[key]?.identity : nil
                    identity = known?.name == name ? known : BackendIdentity(context: client.context, name: name)
                }
                prepared[key] = PreparedBackend(addresses: found, identity: identity)
            }
        }
        return prepared
    }

    /// Whom to ask for, and whose certificate to expect: without the dot that may end a name for the resolver (RFC 6066 3).
    private static func serverName(_ backend: BackendSettings, of pool: PoolSettings) -> String {
        let name = pool.tls.serverName ?? backend.name ?? backend.host
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}

extension Problem {
    /// A problem of a pool's authorities or client certificate, at the line where the certificate or else the pool is named.
    init(_ problem: TLSProblem, of pool: PoolSettings) {
        var place = pool.source
        if let certificate = pool.tls.certificate, certificate.source.line != nil,
            problem.file == certificate.certificate || problem.file == certificate.key
        {
            place = certificate.source
        }
        self.init(at: place, message: problem.message, remedy: problem.remedy)
    }
}
