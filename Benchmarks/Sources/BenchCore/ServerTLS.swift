import COpenSSL

/// What all TLS connections of the backend share.
package final class ServerTLS {
    private let context: OpaquePointer

    /// Reads PEM files; `nil` when OpenSSL cannot use them. With `resumption` the clients get tickets, as servers usually give them,
    /// and may come back with them; without it every handshake is a full one.
    package init?(certificate: String, key: String, resumption: Bool) {
        guard let context = SSL_CTX_new(TLS_server_method()) else { return nil }
        self.context = context
        bench_ssl_prepare(context)
        guard SSL_CTX_use_certificate_chain_file(context, certificate) == 1,
            SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1, SSL_CTX_check_private_key(context) == 1
        else { return nil }
        if !resumption && bench_ssl_no_tickets(context) != 1 { return nil }
    }

    deinit { SSL_CTX_free(context) }

    /// A connection ready to be shaken hands with; the caller frees it. The descriptor stays the caller's.
    func makeConnection(over descriptor: Int32) -> OpaquePointer? {
        guard let ssl = SSL_new(context) else { return nil }
        guard SSL_set_fd(ssl, descriptor) == 1 else {
            SSL_free(ssl)
            return nil
        }
        SSL_set_accept_state(ssl)
        return ssl
    }
}
