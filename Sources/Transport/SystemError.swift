import Glibc

/// An errno value with its text.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    public let code: Int32

    /// - Parameter result: a negative errno, as the shims return it.
    public init(_ result: Int32) { code = result < 0 && result != .min ? -result : result }
    public init(_ result: Int) { self.init(Int32(truncatingIfNeeded: result)) }

    public var description: String { String(cString: strerror(code)) }

    /// Trying again later may help: the system is short of something, nothing is wrong with this socket.
    public var isShortage: Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }

    /// A bounded label for metrics and logs.
    public var label: StaticString {
        switch code {
        // EAGAIN only ever comes from a dial: the queue of a Unix socket is full.
        case ECONNREFUSED, EAGAIN: "refused"
        case ETIMEDOUT: "timeout"
        case ECONNRESET, EPIPE, ECONNABORTED: "reset"
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: "unreachable"
        case EADDRNOTAVAIL: "no_local_port"
        case EMFILE, ENFILE: "no_descriptors"
        case ENOBUFS, ENOMEM: "no_memory"
        case ENOENT: "no_such_socket"
        case EACCES, EPERM: "permission"
        default: "other"
        }
    }
}
