import DataPlane
import Settings
import Synchronization
import Telemetry
import Transport

/// Asking for the names of backends again, between reloads.
extension Reload {
    /// How asking again ended.
    package enum Resolution: Sendable, Equatable {
        /// Every backend is where it was, or could not be found and is believed where it was.
        case unchanged
        /// Some backend is elsewhere now.
        case moved
        /// A reload or a drain came first: nothing was changed.
        case abandoned
    }

    /// What is told about a backend whose name was answered.
    private struct Answered: Sendable {
        let key: BackendKey
        let addresses: [SocketAddress]
    }

    /// What one round of answers changes.
    private struct Round: Sendable {
        var backends: [BackendKey: PreparedBackend]
        var unresolved: Set<String> = []
        var hasMoved = false
        /// Backends that moved, or whose name is answered again.
        var answered: [Answered] = []
        /// Names that have failed since the round before, in order, with the reason.
        var failed: [(name: String, reason: String)] = []
    }

    /// How often names are to be asked for again; nil for never, also when there is no name.
    package var resolvingInterval: Duration? {
        let settings = self.settings
        return NameAnswers.names(settings).isEmpty ? nil : settings.resolver.interval
    }

    /// Asks for all names of backends again, and hands over a snapshot of the same settings when one of them has moved. A name that
    /// fails keeps its last good answer. Blocks while names are resolved, so it is called on a thread of its own; not counted as
    /// a reload.
    ///
    /// - Parameter adopt: hands the new snapshot to the workers, and returns at once; called at most once.
    package func resolve(adopt: (Snapshot) -> Void) -> Resolution {
        let asked = state.withLock { $0 }
        let answers = NameAnswers(asked.preparation.settings, resolver: preparer.resolver)
        count(answers.counts)
        let round = Self.compare(answers, asked.preparation)
        let isInForce = state.withLock { state in
            guard !state.isClosed, state.snapshot === asked.snapshot else { return false }
            state.preparation.unresolved = round.unresolved
            guard round.hasMoved else { return true }
            state.preparation.backends = round.backends
            let snapshot = Snapshot.build(
                settings: asked.preparation.settings, listeners: asked.preparation.listeners, backends: round.backends,
                registry: registry, previous: state.snapshot)
            state.snapshot = snapshot
            adopt(snapshot)
            return true
        }
        guard isInForce else { return .abandoned }
        tell(round)
        return round.hasMoved ? .moved : .unchanged
    }

    /// Counts lookups of names.
    func count(_ lookups: [ResolutionResult: Int]) {
        for (result, count) in lookups { registry.process.resolved(result, count) }
    }

    private static func compare(_ answers: NameAnswers, _ preparation: Preparation) -> Round {
        var round = Round(backends: preparation.backends)
        for (key, backend) in Preparer.backends(preparation.settings) {
            guard backend.unixPath == nil, backend.address == nil, let known = preparation.backends[key] else { continue }
            switch answers.answer(for: backend) {
            case .failed(let reason):
                let isNew = round.unresolved.insert(backend.host).inserted && !preparation.unresolved.contains(backend.host)
                if isNew { round.failed.append((backend.host, reason)) }
            case .addresses(let candidates):
                let addresses = NameAnswers.addresses(candidates, port: backend.port, known: known.addresses)
                // An answer of nothing that can be dialed is as good as none.
                guard !addresses.isEmpty else { continue }
                let hasMoved = !NameAnswers.isSame(addresses, known.addresses)
                if hasMoved {
                    round.backends[key] = PreparedBackend(addresses: addresses, identity: known.identity)
                    round.hasMoved = true
                }
                if hasMoved || preparation.unresolved.contains(backend.host) {
                    round.answered.append(Answered(key: key, addresses: addresses))
                }
            }
        }
        return round
    }

    private func tell(_ round: Round) {
        for (name, reason) in round.failed {
            log.emit(.warn, "resolve_failed") { line in
                line.field("name", name)
                line.field("reason", reason)
            }
        }
        for answered in round.answered {
            log.emit(.info, "backend_resolved") { line in
                line.field("pool", answered.key.pool)
                line.field("backend", answered.key.backend)
                line.field("addresses", answered.addresses.compactMap { $0.ip.map { "\($0)" } }.joined(separator: " "))
            }
        }
    }
}
