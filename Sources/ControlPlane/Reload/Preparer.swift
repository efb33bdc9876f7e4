import DataPlane
import Settings
import TLS
import Transport

/// Makes a configuration ready: reads it, loads certificates, resolves backends, opens listeners. All of it, or all reasons
/// why not.
///
/// Every call may wait for disks and name servers, so none is made on a worker or on the thread that takes signals.
public struct Preparer: Sendable {
    public let source: ConfigurationSource
    let inherited: InheritedSockets
    /// Instead of the one that the configuration asks for.
    let givenResolver: NameResolver?
    let tickets: TicketKeys
    let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - inherited: sockets that the service manager passed in.
    ///   - resolver: whom to ask whatever the configuration says; nil asks as it says.
    ///   - tickets: shared by all contexts ever made, so that a reload ends nobody's session.
    ///   - now: seconds since 1970.
    public init(
        source: ConfigurationSource, inherited: InheritedSockets = InheritedSockets(), resolver: NameResolver? = nil,
        tickets: TicketKeys = TicketKeys(), now: @escaping @Sendable () -> Int64 = { Int64(clamping: Clock.real() / 1_000_000_000) }
    ) {
        self.source = source
        self.inherited = inherited
        givenResolver = resolver
        self.tickets = tickets
        self.now = now
    }

    /// Seals new session tickets with a new key; the one before still opens those it sealed.
    public func rotateTicketKeys() { tickets.rotate() }

    /// Everything that serving needs, or every problem there is; then nothing was changed, and what was opened is closed.
    ///
    /// - Parameter previous: what is in force. Its listening sockets are taken over where the place is the same; addresses
    ///   of its are kept while the name still has them, and when the name cannot be resolved any more; so are sessions of TLS with
    ///   backends about which nothing changed.
    public func prepare(previous: Preparation? = nil) -> Result<Preparation, Problems> {
        let settings: Settings
        switch source.read() {
        case .failure(let problems): return .failure(problems)
        case .success(let read): settings = read
        }
        var found = Problems(errors: [], warnings: settings.warnings)
        let (contexts, outOfTime) = loadCertificates(settings, into: &found)
        let (clients, clientsOutOfTime) = loadClients(settings, previous: previous, into: &found)
        found.warnings += outOfTime + clientsOutOfTime
        let (names, lookups) = askNames(settings, previous: previous)
        let located = Self.locate(settings, names, previous: previous?.backends)
        Self.tell(located, names, of: settings, into: &found)
        // Opened last, and only if all else is well: a bound port is the one thing that others can see.
        var sockets: [ListeningSocket?] = []
        if found.errors.isEmpty {
            sockets = openListeners(settings, previous: previous, into: &found)
        } else {
            found.errors += listenerProblems(settings, previous: previous)
        }
        guard found.errors.isEmpty else { return .failure(found.sorted()) }
        var listeners: [PreparedListener] = []
        for (index, listener) in settings.listeners.enumerated() {
            // No error was found, so each has a socket; a listener without one would be our own fault, and is left out.
            guard index < sockets.count, let socket = sockets[index], index < contexts.count else { continue }
            listeners.append(PreparedListener(settings: listener, socket: socket, tls: contexts[index]))
        }
        return .success(
            Preparation(
                settings: settings, serving: located.serving, listeners: listeners,
                backends: Self.prepared(located.serving, addresses: located.addresses, clients: clients, previous: previous),
                leftOut: located.leftOut, clients: clients, names: names, lookups: lookups,
                certificates: Self.expiries(listeners, clients), warnings: found.warnings))
    }
}

extension Problems {
    /// In the order of lines; what has no line comes first.
    func sorted() -> Problems {
        func byLine(_ one: Problem, _ other: Problem) -> Bool { (one.line ?? 0) < (other.line ?? 0) }
        return Problems(errors: errors.sorted(by: byLine), warnings: warnings.sorted(by: byLine))
    }
}
