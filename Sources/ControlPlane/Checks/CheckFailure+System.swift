import Glibc
import Session
import Transport

extension CheckFailure {
    /// What an error of dialling, or of a standing connection, means for a check.
    init(_ error: SystemError) {
        self =
            switch error.code {
            // EAGAIN: the queue of a Unix socket is full. ENOENT: there is no such socket.
            case ECONNREFUSED, EAGAIN, ENOENT: .refused
            case ETIMEDOUT: .timeout
            case ECONNRESET, EPIPE, ECONNABORTED: .closed
            case EADDRNOTAVAIL: .shortage
            default: error.isShortage ? .shortage : .unreachable
            }
    }
}
