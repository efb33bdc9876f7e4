import CLinux
import Glibc

/// Begins connections to backends; the event loop sees them through.
public enum Dialer {
    public enum Outcome {
        /// Connected, or under way: writable once decided, then ask `result`.
        case begun(Int32)
        case failed(SystemError)
    }

    /// Never blocks. A Unix socket is connected at once, or refuses; one whose queue is full fails like one that nobody listens on.
    /// Nobody asks yet whether the peer still lives, see `Stream.probe`.
    public static func dial(_ address: SocketAddress) -> Outcome {
        var raw = address.raw
        let made = cl_socket_for(&raw)
        guard made >= 0 else { return .failed(SystemError(made)) }
        guard !DescriptorReserve.isTouched(by: made) else {
            cl_close(made)
            return .failed(SystemError(-EMFILE))
        }
        if raw.storage.ss_family != sa_family_t(AF_UNIX) {
            _ = cl_set_nodelay(made)
        }
        let result = cl_connect(made, &raw)
        // EAGAIN among them: a Unix socket whose queue is full, and no event will tell when it is not (connect(2)).
        if result >= 0 || result == -EINPROGRESS { return .begun(made) }
        cl_close(made)
        return .failed(SystemError(result))
    }

    /// Whether a dial that was just begun stands already. Within this machine TCP's handshake is over before connect(2) returns, as a
    /// rule; elsewhere it cannot be, and the system is not asked.
    public static func stands(_ descriptor: Int32, at address: SocketAddress) -> Bool {
        var raw = address.raw
        return cl_address_is_local(&raw) && cl_is_connected(descriptor)
    }

    /// nil when the connection stands.
    public static func result(of descriptor: Int32) -> SystemError? {
        let error = cl_socket_error(descriptor)
        return error == 0 ? nil : SystemError(error)
    }
}
