import Glibc

/// An errno value with its text.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: Int32

    /// - Parameter result: a negative errno, as the shims return it.
    package init(_ result: Int32) { code = result < 0 && result != .min ? -result : result }
    package init(_ result: Int) { self.init(Int32(truncatingIfNeeded: result)) }

    package var description: String { String(cString: strerror(code)) }

    /// Trying again later may help: the system is short of something, nothing is wrong with this socket.
    package var isShortage: Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }

    /// A bounded label for metrics and logs.
    package var label: StaticString {
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
