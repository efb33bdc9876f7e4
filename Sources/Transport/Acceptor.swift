import CLinux
import Glibc

/// One accept(2), with its errors sorted by what to do about them.
public enum Acceptor {
    public enum Outcome {
        case accepted(Int32, SocketAddress)
        /// The queue is empty.
        case empty
        /// This one went away before we took it: take the next.
        case vanished
        /// No descriptors or memory: leave the queue alone for a while.
        case shortage(SystemError)
        /// The listening socket itself is unusable.
        case broken(SystemError)
    }

    public static func accept(_ listener: ListeningSocket) -> Outcome {
        var peer = cl_address()
        let result = cl_accept(listener.descriptor, &peer)
        if result >= 0 {
            guard !DescriptorReserve.isTouched(by: result) else {
                cl_close(result)
                return .shortage(SystemError(-EMFILE))
            }
            return .accepted(result, SocketAddress(raw: peer))
        }
        let error = SystemError(result)
        switch error.code {
        case EAGAIN: return .empty
        // No longer listening: another worker has stopped it, and this one is about to be told. Nobody stops a lent socket.
        case EINVAL where !listener.isInherited: return .empty
        // accept(2): network errors of the new connection are handed to the caller and are no fault of the listener.
        case ECONNABORTED, EINTR, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH, EPERM,
            ETIMEDOUT, ECONNRESET:
            return .vanished
        default: return error.isShortage ? .shortage(error) : .broken(error)
        }
    }
}
