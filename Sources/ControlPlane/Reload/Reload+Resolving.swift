import DataPlane
import Settings
import Synchronization
import Telemetry
import Transport

/// Asking for the names of backends again, between reloads.
extension Reload {
    /// How asking again ended.
    public enum Resolution: Sendable, Equatable {
        /// Every backend is where it was, or could not be found and is believed where it was.
        case unchanged
        /// Some backend is elsewhere now, is new, or is gone.
        case moved
        /// A reload or a drain came first: nothing was changed.
        case abandoned
    }

    /// When names are due to be asked for again, by `Clock.monotonic`; nil for never, also when there is no name.
    public var nextResolving: UInt64? { state.withLock { $0.preparation.names.nextDue } }

    /// Asks for the names that are due, and hands over a snapshot of the same settings when one of them leads elsewhere. A name that
    /// fails keeps its last good answer. Blocks while names are resolved, so it is called on a thread of its own; not counted as
    /// a reload.
    ///
    /// - Parameters:
    ///   - now: by `Clock.monotonic`; what is due later is not asked for.
    ///   - adopt: hands the new snapshot to the workers, and returns at once; called at most once.
    public func resolve(at now: UInt64 = Clock.monotonic(), adopt: (Snapshot) -> Void) -> Resolution {
        let asked = state.withLock { $0 }
        let due = asked.preparation.names.due(at: now)
        guard !due.isEmpty else { return .unchanged }
        let answers = preparer.resolver(for: asked.preparation.settings).resolve(due)
        count(Preparer.counts(answers))
        var next = asked.preparation
        next.names.record(answers, at: max(now, Clock.monotonic()))
        let changes = next.names.takeChanges()
        let located = Preparer.locate(next.settings, next.names, previous: asked.preparation.backends)
        let hasMoved = located.serving != next.serving || !Self.isSame(located.addresses, next.backends)
        next.leftOut = located.leftOut
        if hasMoved { next.move(to: located) }
        let isInForce = state.withLock { state in
            guard !state.isClosed, state.snapshot === asked.snapshot else { return false }
            state.preparation = next
            guard hasMoved else { return true }
            let snapshot = Snapshot.build(
                settings: next.serving, listeners: next.listeners, backends: next.backends, registry: registry, previous: state.snapshot)
            state.snapshot = snapshot
            adopt(snapshot)
            registry.retain(only: snapshot.configuredNames)
            return true
        }
        guard isInForce else { return .abandoned }
        tell(changes, next)
        ReloadLog.warnings(next.leftOut.filter { !asked.preparation.leftOut.contains($0) }.map(\.problem), to: log)
        return hasMoved ? .moved : .unchanged
    }

    /// Counts lookups of names.
    func count(_ lookups: [ResolutionResult: Int]) {
        for (result, count) in lookups { registry.process.resolved(result, count) }
    }

    private static func isSame(_ addresses: [BackendKey: [SocketAddress]], _ backends: [BackendKey: PreparedBackend]) -> Bool {
        addresses.count == backends.count
            && addresses.allSatisfy { key, list in backends[key]?.addresses.map(\.description) == list.map(\.description) }
    }

    private func tell(_ changes: [NameChange], _ preparation: Preparation) {
        var answered: [NameQuestion: NameChange] = [:]
        for change in changes {
            if case .failing(let reason) = change.news {
                log.emit(.warn, "resolve_failed") { line in
                    line.field("name", change.question.name)
                    line.field("reason", reason.description)
                }
            }
            if change.hasMoved || change.news == .answered { answered[change.question] = change }
        }
        for (key, backend) in Preparer.backends(preparation.settings) {
            guard let question = NameQuestion(backend), let change = answered[question] else { continue }
            let places = preparation.backends[key]?.addresses.compactMap(\.ip).map { "\($0)" } ?? change.found.map(\.label)
            log.emit(.info, "backend_resolved") { line in
                line.field("pool", key.pool)
                line.field("backend", key.backend)
                line.field("addresses", places.prefix(PoolExpansion.mostAddresses).joined(separator: " "))
                if places.count > PoolExpansion.mostAddresses { line.field("count", places.count) }
            }
        }
    }
}

extension FoundAddress {
    /// As in `backend_resolved`: with the port where a record gave it.
    fileprivate var label: String {
        guard let port = service?.port else { return "\(address)" }
        return address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}

extension Preparation {
    /// Puts backends where names lead now.
    fileprivate mutating func move(to located: Preparer.Located) {
        backends = Preparer.prepared(located.serving, addresses: located.addresses, clients: clients, previous: self)
        serving = located.serving
    }
}
