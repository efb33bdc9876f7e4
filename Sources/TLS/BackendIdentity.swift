import COpenSSL
import Glibc
import Synchronization

/// Who a backend has to be: the name that is asked for and verified, and the newest session with it. One per backend, kept as long as
/// its settings stay the same, used by all workers.
///
/// A session is resumed with the identity it came from and no other: what was verified under one name is worth nothing under another.
public final class BackendIdentity: Sendable {
    /// What a certificate has to be for.
    enum Subject: Sendable, Equatable {
        /// A DNS name, in lower case; it is asked for by SNI.
        case host(String)
        /// An IP address as text; SNI has no addresses (RFC 6066 3).
        case address(String)
        /// A name that is neither: nothing to verify.
        case nobody

        init(_ name: String) {
            var address = in6_addr()
            let bytes = Array(name.utf8)
            // A NUL would end the name for C, and so change it.
            if bytes.contains(0) {
                self = .nobody
            } else if inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1 {
                self = .address(name)
            } else {
                self = ServerName.normalized(bytes).map { .host($0) } ?? .nobody
            }
        }
    }

    /// As it was given.
    public let name: String
    let context: ClientContext
    let subject: Subject
    private let newest = Mutex<KeptSession?>(nil)

    /// - Parameter name: a host name, or an IP address without brackets or zone. With any other, engines are made only where
    ///   verification is skipped.
    public init(context: ClientContext, name: String) {
        self.context = context
        self.name = name
        subject = Subject(name)
    }

    /// Keeps a session in place of the one before.
    func keep(_ session: KeptSession) { newest.withLock { $0 = session } }

    /// A session of the engine's own, to resume; nil when there is none, or none that is good at `now` (seconds since 1970).
    func sessionToResume(now: time_t) -> OpaquePointer? {
        guard let kept = newest.withLock({ $0 }) else { return nil }
        // Resuming shows no certificate, so nobody would see that its time is over.
        guard context.options.skipsVerification || kept.isCertificateValid(at: now) else { return nil }
        return kept.copy()
    }
}
