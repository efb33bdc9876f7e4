import DataPlane
import Glibc
import Settings
import Transport

extension Preparer {
    /// A socket for each listener, in order: the one in force at the same place, or one passed in, or a new one. Nil where a
    /// problem was added to `found`.
    func openListeners(
        _ settings: Settings, previous: Preparation?, into found: inout Problems
    ) -> [ListeningSocket?] {
        let held = Self.sockets(of: previous)
        return settings.listeners.map { listener in
            let place = ListeningSocket.Place(listener.bind)
            if let socket = held[place] { return socket }
            do throws(SystemError) {
                if case .inherited(let name) = place {
                    if let socket = try inherited.take(name) { return socket }
                    found.errors.append(notInherited(name, listener))
                    return nil
                }
                return try ListeningSocket(binding: place)
            } catch {
                found.errors.append(Self.refused(listener.bind, at: listener.source, error, previous: previous))
                return nil
            }
        }
    }

    /// What would keep the listeners from being opened, found without opening any.
    func listenerProblems(_ settings: Settings, previous: Preparation?) -> [Problem] {
        let held = Self.sockets(of: previous)
        return settings.listeners.compactMap { listener in
            let place = ListeningSocket.Place(listener.bind)
            if held[place] != nil { return nil }
            if case .inherited(let name) = place { return inherited.has(name) ? nil : notInherited(name, listener) }
            return BindProbe.error(listener.bind).map {
                Self.refused(listener.bind, at: listener.source, $0, previous: previous)
            }
        }
    }

    private static func sockets(of preparation: Preparation?) -> [ListeningSocket.Place: ListeningSocket] {
        var sockets: [ListeningSocket.Place: ListeningSocket] = [:]
        for listener in preparation?.listeners ?? [] { sockets[listener.socket.place] = listener.socket }
        return sockets
    }

    private func notInherited(_ name: String, _ listener: ListenerSettings) -> Problem {
        let names = inherited.names
        return Problem(
            at: listener.source, message: "systemd passed in no socket named \(name)",
            remedy: names.isEmpty
                ? "start tidegate by a .socket unit with FileDescriptorName=\(name); a new one needs a restart"
                : "use one of: \(names.joined(separator: ", ")); or set FileDescriptorName=\(name) in the .socket unit and restart")
    }

    /// A bind that failed, in words.
    static func refused(
        _ bind: BindAddress, at place: SourcePlace, _ error: SystemError, previous: Preparation? = nil
    ) -> Problem {
        switch error.code {
        case EADDRINUSE:
            if let own = previous?.listeners.first(where: { overlaps($0.settings.bind, bind) }) {
                return Problem(
                    at: place, message: "\(bind) is in use by this process's own listener \(own.settings.name) (\(own.settings.bind))",
                    remedy: "choose another port, or restart instead of reloading")
            }
            return Problem(
                at: place, message: "\(bind) is in use", remedy: "stop the process that has it, or choose another")
        case EACCES, EPERM:
            return Problem(
                at: place, message: "this user may not bind \(bind)",
                remedy: "use a port above 1023 or a folder it may write to, or grant CAP_NET_BIND_SERVICE")
        case EADDRNOTAVAIL:
            return Problem(
                at: place, message: "\(bind) is no address of this machine", remedy: "write one that is, or 0.0.0.0 for all")
        case ENOENT, ENOTDIR:
            return Problem(at: place, message: "the folder of \(bind) does not exist", remedy: "create it, or correct the path")
        default:
            return Problem(at: place, message: "\(bind) cannot be bound: \(error)", remedy: "")
        }
    }

    private static func overlaps(_ one: BindAddress, _ other: BindAddress) -> Bool {
        switch (one, other) {
        case (.ip(_, let port), .ip(_, let otherPort)): port == otherPort
        default: one == other
        }
    }
}

extension ListeningSocket.Place {
    /// The place that a configuration asks for.
    init(_ bind: BindAddress) {
        switch bind {
        case .ip(let address, let port): self = .ip(address, port: port)
        case .unix(let path): self = .unix(path: path)
        case .systemd(let name): self = .inherited(name: name)
        }
    }
}
