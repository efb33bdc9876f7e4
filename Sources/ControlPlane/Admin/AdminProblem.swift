/// Why the admin endpoint could not be started.
public enum AdminProblem: Error, Sendable, CustomStringConvertible {
    /// The address or port is taken, is not this machine's, or may not be used.
    case cannotBind(String, reason: String)
    /// A Unix socket's path is taken by a server that answers.
    case socketInUse(String)
    /// A Unix socket's path is taken by something that is no socket, and is left alone.
    case notASocket(String)

    public var description: String {
        switch self {
        case .cannotBind(let place, let reason): "cannot listen on \(place): \(reason)"
        case .socketInUse(let path): "cannot listen on \(path): another process answers there"
        case .notASocket(let path): "cannot listen on \(path): it exists and is no socket"
        }
    }
}
