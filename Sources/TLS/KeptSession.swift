import COpenSSL
import Glibc

/// A session of TLS to be resumed, that belongs to no connection.
///
/// A connection writes to its session as it goes, and spoils it when it ends without close_notify; so what is kept is a copy, and each
/// engine that resumes gets a copy of that.
///
/// Sendable: the object is made in `init`, and from then on only read (`SSL_SESSION_dup` takes its source as const; what the copies
/// share with it, certificates, has atomic reference counts and is never changed) until `deinit`, when nobody else has it.
final class KeptSession: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Nil when memory is short, or when the session cannot be resumed.
    init?(copying session: OpaquePointer) {
        guard SSL_SESSION_is_resumable(session) == 1, let copy = SSL_SESSION_dup(session) else { return nil }
        pointer = copy
    }

    deinit { SSL_SESSION_free(pointer) }

    /// A copy for one connection, which the caller frees; nil when memory is short.
    func copy() -> OpaquePointer? {
        guard let copy = SSL_SESSION_dup(pointer) else {
            ErrorQueue.clear()
            return nil
        }
        return copy
    }

    /// Whether the server's own certificate is within its time at `now` (seconds since 1970).
    func isCertificateValid(at now: time_t) -> Bool {
        guard let certificate = SSL_SESSION_get0_peer(pointer) else { return false }
        var moment = now
        return X509_cmp_time(X509_get0_notAfter(certificate), &moment) > 0
    }
}
