import DataPlane
import Settings
import Telemetry
import Transport
import Wire

extension Preparer {
    /// Where the backends of a configuration are.
    struct Located: Sendable {
        /// The configuration with its pools as they serve.
        var serving: Settings
        /// For each backend of `serving`.
        var addresses: [BackendKey: [SocketAddress]] = [:]
        var leftOut: [LeftOutBackends] = []
    }

    /// Asks for all names of a configuration, whatever is known of them already. Blocks until all are answered, or the resolver's
    /// patience is over.
    func askNames(_ settings: Settings, previous: Preparation?) -> (names: NameBook, lookups: [ResolutionResult: Int]) {
        let interval = settings.resolver.interval?.boundedNanoseconds
        var names = previous?.names ?? NameBook(interval: interval)
        let questions = NameQuestion.all(settings)
        names.watch(questions, interval: interval, at: Clock.monotonic())
        let answers = resolver(for: settings).resolve(questions)
        names.record(answers, at: Clock.monotonic())
        // What they changed is told as warnings and errors of the configuration.
        _ = names.takeChanges()
        return (names, Self.counts(answers))
    }

    func resolver(for settings: Settings) -> NameResolver {
        givenResolver ?? NameResolver(servers: settings.resolver.servers)
    }

    /// How many names were looked up, by result. A name without an answer in time has failed.
    static func counts(_ answers: [NameQuestion: NameAnswer]) -> [ResolutionResult: Int] {
        answers.values.reduce(into: [.success: 0, .failure: 0]) { counts, answer in
            if case .found = answer { counts[.success, default: 0] += 1 } else { counts[.failure, default: 0] += 1 }
        }
    }

    /// - Parameter previous: where backends are at present.
    static func locate(_ settings: Settings, _ names: NameBook, previous: [BackendKey: PreparedBackend]?) -> Located {
        var located = Located(serving: settings)
        for index in located.serving.pools.indices {
            let pool = located.serving.pools[index]
            let expansion = PoolExpansion(pool, found: names.found) { label in
                previous?[BackendKey(pool: pool.name, backend: label)]?.addresses ?? []
            }
            located.serving.pools[index].backends = expansion.members.map(\.settings)
            for member in expansion.members {
                located.addresses[BackendKey(pool: pool.name, backend: member.settings.label)] = member.addresses
            }
            located.leftOut += expansion.leftOut
        }
        return located
    }

    /// What cannot be resolved is a problem, unless an earlier answer is in force; then that one is kept, with a warning.
    static func tell(_ located: Located, _ names: NameBook, of settings: Settings, into found: inout Problems) {
        for (key, backend) in backends(settings) {
            guard let question = NameQuestion(backend) else {
                if located.addresses[key] == nil { found.errors.append(unusable(backend)) }
                continue
            }
            guard let failure = names.failure(question) else { continue }
            let known = names.found(question)
            if known.isEmpty {
                found.errors.append(unresolved(backend, failure))
            } else {
                found.warnings.append(kept(backend, known, failure))
            }
        }
        found.warnings += located.leftOut.map(\.problem)
    }

    /// Each configured backend with its key, in the order of the configuration.
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

    private static func unresolved(_ backend: BackendSettings, _ reason: NameFailure) -> Problem {
        Problem(
            at: backend.source, message: "\(backend.host) cannot be resolved: \(reason)",
            remedy: "correct the name, or write an address")
    }

    private static func kept(_ backend: BackendSettings, _ known: [FoundAddress], _ reason: NameFailure) -> Problem {
        let first = known.first.map { "\($0.address)" } ?? "its earlier address"
        let rest = known.count > 1 ? " and \(known.count - 1) more are kept" : " is kept"
        return Problem(
            at: backend.source, message: "\(backend.host) cannot be resolved: \(reason); \(first)\(rest)",
            remedy: "correct the name, or write an address")
    }
}
