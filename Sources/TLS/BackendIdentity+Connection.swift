import COpenSSL
import Glibc

extension BackendIdentity {
    /// Where a connection keeps its identity; 0 is the slot OpenSSL leaves to the application.
    private static let slot: Int32 = 0

    /// Tells a new connection whom to ask for, whom to expect, and what to resume. False when memory is short, or when the server is
    /// to be verified and the name is nobody's. The connection's owner keeps `self` alive.
    func prepare(_ ssl: OpaquePointer) -> Bool {
        guard SSL_set_ex_data(ssl, Self.slot, Unmanaged.passUnretained(self).toOpaque()) == 1, expect(ssl) else { return false }
        if let session = sessionToResume(now: time(nil)) {
            // Refused when it is of a version that is no longer spoken; a full handshake follows then.
            if SSL_set_session(ssl, session) != 1 { ErrorQueue.clear() }
            SSL_SESSION_free(session)
        }
        return true
    }

    private func expect(_ ssl: OpaquePointer) -> Bool {
        switch subject {
        case .host(let name): tidegate_SSL_set_server_name(ssl, name) == 1 && tidegate_SSL_expect_host(ssl, name) == 1
        case .address(let text): tidegate_SSL_expect_address(ssl, text) == 1
        case .nobody: context.options.skipsVerification
        }
    }

    /// Called by OpenSSL with each session a server gives: by the handshake in TLS 1.2, by a ticket afterwards in TLS 1.3.
    /// What is kept is a copy, since the connection goes on to change its own; 0 says that we hold no reference to that one.
    static let sessionGiven: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = { ssl, session in
        guard let ssl, let session, let data = SSL_get_ex_data(ssl, slot), let copy = KeptSession(copying: session) else { return 0 }
        Unmanaged<BackendIdentity>.fromOpaque(data).takeUnretainedValue().keep(copy)
        return 0
    }
}
