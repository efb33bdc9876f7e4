import COpenSSL

/// What all TLS connections of the load generator share. It verifies no certificate: the peer is a proxy started a second ago
/// with a key made for this run, and verification would be the client's CPU, not the proxy's.
package final class ClientTLS {
    /// Which versions a client offers.
    package enum Version: String, Sendable { case any, tls12 = "1.2", tls13 = "1.3" }

    private let context: OpaquePointer

    /// `nil` when OpenSSL cannot make a context or does not know the version.
    package init?(version: Version) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { return nil }
        self.context = context
        bench_ssl_prepare(context)
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        switch version {
        case .any: break
        case .tls12: if bench_ssl_only_version(context, TLS1_2_VERSION) != 1 { return nil }
        case .tls13: if bench_ssl_only_version(context, TLS1_3_VERSION) != 1 { return nil }
        }
    }

    deinit { SSL_CTX_free(context) }

    /// A connection ready to shake hands, which offers to take up `session` if there is one; the caller frees it. The descriptor stays
    /// the caller's.
    func makeConnection(over descriptor: Int32, session: TLSSession?) -> OpaquePointer? {
        guard let ssl = SSL_new(context) else { return nil }
        guard SSL_set_fd(ssl, descriptor) == 1, bench_ssl_server_name(ssl, "bench.test") == 1 else {
            SSL_free(ssl)
            return nil
        }
        if let session { SSL_set_session(ssl, session.raw) }
        SSL_set_connect_state(ssl)
        return ssl
    }
}
